package io.github.clip4j.train;

import java.util.List;

/**
 * Pairs of an image and a text that belong together.
 *
 * @param pixels [n, channels, size, size], as {@code ImagePreprocessor} makes them
 * @param texts token ids of each, with start and end token, not padded
 */
public record Batch(float[] pixels, List<int[]> texts) {
    /** @throws IllegalArgumentException if there is no pair or the pixels do not make as many images as there are texts */
    public Batch {
        if (texts.isEmpty() || pixels.length == 0 || pixels.length % texts.size() != 0) {
            throw new IllegalArgumentException("a batch of " + texts.size() + " texts and " + pixels.length
                    + " pixel values; each text needs one image");
        }
    }

    /** The number of pairs. */
    public int size() {
        return texts.size();
    }
}
