package io.github.clip4j.kernels;

/** A batch of sequences in attention, and where the parts of a token's row stand. */
record AttentionShape(int[] lengths, int heads, int headDim, boolean causal) {
    int hidden() {
        return heads * headDim;
    }

    /** Width of a row of qkv: query at 0, key at hidden, value at 2 hidden. */
    int stride() {
        return 3 * hidden();
    }

    float scale() {
        return (float) (1 / Math.sqrt(headDim));
    }

    /** How many tokens of a sequence token t sees. */
    int visible(int t, int length) {
        return causal ? t + 1 : length;
    }

    /** The first token of each sequence. */
    int[] starts() {
        int[] starts = new int[lengths.length];
        for (int s = 1; s < starts.length; s++) {
            starts[s] = starts[s - 1] + lengths[s - 1];
        }
        return starts;
    }
}
