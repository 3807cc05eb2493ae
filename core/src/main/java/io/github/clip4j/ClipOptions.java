package io.github.clip4j;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.tokenizer.Variant;

/**
 * How a model is run.
 *
 * @param threads threads that all work of one {@link Clip} is spread over
 * @param variant which of CLIP's two tokenizers to follow
 * @param truncate whether a text longer than the model's context is cut off; otherwise it is an error
 * @param decoder limits on images
 */
public record ClipOptions(int threads, Variant variant, boolean truncate, ImageDecoder decoder) {
    /** All processors, transformers' tokenizer, no truncation, Pillow's limit on pixels. */
    public static final ClipOptions DEFAULT = new ClipOptions(Runtime.getRuntime().availableProcessors(),
            Variant.TRANSFORMERS, false, new ImageDecoder());

    public ClipOptions withThreads(int count) {
        return new ClipOptions(count, variant, truncate, decoder);
    }

    public ClipOptions withVariant(Variant other) {
        return new ClipOptions(threads, other, truncate, decoder);
    }

    public ClipOptions withTruncate(boolean cut) {
        return new ClipOptions(threads, variant, cut, decoder);
    }

    public ClipOptions withDecoder(ImageDecoder other) {
        return new ClipOptions(threads, variant, truncate, other);
    }
}
