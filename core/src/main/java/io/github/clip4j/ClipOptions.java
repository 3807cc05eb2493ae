package io.github.clip4j;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.tokenizer.Variant;
import java.util.Optional;

/**
 * How a model is run.
 *
 * @param threads threads that all work of one {@link Clip} is spread over
 * @param variant which of CLIP's two tokenizers to follow
 * @param truncate whether a text longer than the model's context is cut off; otherwise it is an error
 * @param decoder limits on images
 * @param activation of both towers, where the model's config or name do not tell it; wins over them
 */
public record ClipOptions(int threads, Variant variant, boolean truncate, ImageDecoder decoder,
        Optional<Activation> activation) {
    /** All processors, transformers' tokenizer, no truncation, Pillow's limit on pixels. */
    public static final ClipOptions DEFAULT = new ClipOptions(Runtime.getRuntime().availableProcessors(),
            Variant.TRANSFORMERS, false, new ImageDecoder(), Optional.empty());

    public ClipOptions withThreads(int count) {
        return new ClipOptions(count, variant, truncate, decoder, activation);
    }

    public ClipOptions withVariant(Variant other) {
        return new ClipOptions(threads, other, truncate, decoder, activation);
    }

    public ClipOptions withTruncate(boolean cut) {
        return new ClipOptions(threads, variant, cut, decoder, activation);
    }

    public ClipOptions withDecoder(ImageDecoder other) {
        return new ClipOptions(threads, variant, truncate, other, activation);
    }

    public ClipOptions withActivation(Activation other) {
        return new ClipOptions(threads, variant, truncate, decoder, Optional.of(other));
    }
}
