package io.github.clip4j.train;

import java.util.Arrays;
import java.util.List;

/**
 * Pairs of an image and a text that belong together.
 *
 * @param pixels [n, channels, size, size], as {@code ImagePreprocessor} makes them
 * @param texts token ids of each, with start and end token, not padded
 * @param classes the class of each pair, as a number
 * @param prompts whether a text only names the class, so that it fits any image of it
 * @param patches the patches of each image that the model sees, by number and ascending, as many of each; null for all
 */
public record Batch(float[] pixels, List<int[]> texts, int[] classes, boolean[] prompts, int[][] patches) {
    /** @throws IllegalArgumentException if there is no pair or the numbers of images, texts and classes differ */
    public Batch {
        int n = texts.size();
        if (n == 0 || pixels.length == 0 || pixels.length % n != 0) {
            throw new IllegalArgumentException("a batch of " + n + " texts and " + pixels.length
                    + " pixel values; each text needs one image");
        }
        if (classes.length != n || prompts.length != n) {
            throw new IllegalArgumentException("a batch of " + n + " texts with " + classes.length + " classes, and "
                    + prompts.length + " marks of prompts");
        }
        if (patches != null && (patches.length != n
                || Arrays.stream(patches).anyMatch(of -> of.length == 0 || of.length != patches[0].length))) {
            throw new IllegalArgumentException("patches to see: expected as many of each of " + n
                    + " images, one or more, found " + Arrays.deepToString(patches));
        }
    }

    /** Images that are seen whole. */
    public Batch(float[] pixels, List<int[]> texts, int[] classes, boolean[] prompts) {
        this(pixels, texts, classes, prompts, null);
    }

    /** Captions, each of which belongs to its own image only. */
    public Batch(float[] pixels, List<int[]> texts) {
        this(pixels, texts, new int[texts.size()], new boolean[texts.size()]);
    }

    /** The same pairs, of whose images only some patches are seen. */
    Batch withPatches(int[][] seen) {
        return new Batch(pixels, texts, classes, prompts, seen);
    }

    /** The number of pairs. */
    public int size() {
        return texts.size();
    }

    /**
     * Which texts belong to which images.
     *
     * @param promptsMatch whether a prompt belongs to all images of its class, not only to its own
     * @return [images, texts]
     */
    boolean[] matches(boolean promptsMatch) {
        int n = size();
        boolean[] matches = new boolean[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matches[i * n + j] = i == j || promptsMatch && prompts[j] && classes[i] == classes[j];
            }
        }
        return matches;
    }
}
