package io.github.clip4j;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.tokenizer.ClipTokenizer;
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
 * @param lazy whether weights are read when something is first embedded, by as much of the model as that takes, and kept
 *        from the second time on: for a process that embeds once. Results are the same; weights that are not finite are
 *        found when they are read
 */
public record ClipOptions(int threads, Variant variant, boolean truncate, ImageDecoder decoder,
        Optional<Activation> activation, boolean lazy) {
    /** All processors, transformers' tokenizer, no truncation, Pillow's limit on pixels. */
    public static final ClipOptions DEFAULT = new ClipOptions(Runtime.getRuntime().availableProcessors(),
            Variant.TRANSFORMERS, false, new ImageDecoder(), Optional.empty(), false);

    public ClipOptions withThreads(int count) {
        return new ClipOptions(count, variant, truncate, decoder, activation, lazy);
    }

    public ClipOptions withVariant(Variant other) {
        return new ClipOptions(threads, other, truncate, decoder, activation, lazy);
    }

    public ClipOptions withTruncate(boolean cut) {
        return new ClipOptions(threads, variant, cut, decoder, activation, lazy);
    }

    public ClipOptions withDecoder(ImageDecoder other) {
        return new ClipOptions(threads, variant, truncate, other, activation, lazy);
    }

    /**
     * Token ids of a text, with start and end, cut off at the model's context if texts may be.
     *
     * @throws IllegalArgumentException if the text is longer than the context and may not be cut off
     */
    public int[] encode(ClipTokenizer tokenizer, String text, int context) {
        int[] ids = tokenizer.encode(text);
        if (ids.length <= context) {
            return ids;
        }
        if (!truncate) {
            throw new IllegalArgumentException("text \"" + text.substring(0, Math.min(text.length(), 40)) + "...\" has "
                    + ids.length + " tokens, the model takes " + context + "; shorten it, or allow truncation");
        }
        return tokenizer.encode(text, context);
    }

    public ClipOptions withActivation(Activation other) {
        return new ClipOptions(threads, variant, truncate, decoder, Optional.of(other), lazy);
    }

    public ClipOptions withLazy(boolean later) {
        return new ClipOptions(threads, variant, truncate, decoder, activation, later);
    }
}
