package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * Sequences of tokens whose rows stand one after the other: first the tokens that all sequences begin with, once, then
 * the {@code lengths[s]} own tokens of each.
 *
 * @param prefix the number of common tokens; they see each other only, so it is for causal attention
 */
public record Sequences(int prefix, int[] lengths) {
    /** @throws IllegalArgumentException if the prefix is negative or a sequence has no token of its own */
    public Sequences {
        if (prefix < 0) {
            throw new IllegalArgumentException("a prefix of " + prefix + " tokens, expected 0 or more");
        }
        for (int length : lengths) {
            if (length < 1) {
                throw new IllegalArgumentException("a sequence of " + length + " tokens, expected 1 or more");
            }
        }
    }

    /** Sequences without a common prefix. */
    public static Sequences of(int... lengths) {
        return new Sequences(0, lengths);
    }

    /** {@code n} sequences of the same length. */
    public static Sequences equal(int n, int length) {
        int[] lengths = new int[n];
        Arrays.fill(lengths, length);
        return of(lengths);
    }

    /** The number of sequences. */
    public int count() {
        return lengths.length;
    }

    /** The number of rows. */
    public int tokens() {
        return prefix + Arrays.stream(lengths).sum();
    }

    /**
     * One row of each sequence.
     *
     * @param x [tokens, width]
     * @param tokens the token of each sequence, counted from its first own one
     * @return [count, width]
     */
    public float[] rows(float[] x, int[] tokens, int width) {
        float[] rows = new float[lengths.length * width];
        int start = prefix;
        for (int s = 0; s < lengths.length; s++) {
            System.arraycopy(x, (start + tokens[s]) * width, rows, s * width, width);
            start += lengths[s];
        }
        return rows;
    }
}
