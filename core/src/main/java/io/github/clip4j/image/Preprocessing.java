package io.github.clip4j.image;

import java.util.List;

/**
 * How an image becomes the model's input, the contents of {@code preprocessor_config.json}: the shorter side is resized
 * to {@code resize} pixels, a centred square of {@code crop} pixels is cut out, and each 8-bit value v of channel c
 * becomes {@code (v * rescale - mean[c]) / std[c]}.
 */
public record Preprocessing(int resize, int crop, Centering centering, double rescale, List<Double> mean,
        List<Double> std) {
    /** What CLIP ViT-B/32 uses. */
    public static final Preprocessing CLIP = new Preprocessing(224, 224, Centering.DOWN, 1 / 255.0,
            List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** The same for a model whose input is {@code size} pixels high and wide. */
    public Preprocessing withSize(int size) {
        return new Preprocessing(size, size, centering, rescale, mean, std);
    }

    public Preprocessing with(Centering other) {
        return new Preprocessing(resize, crop, other, rescale, mean, std);
    }
}
