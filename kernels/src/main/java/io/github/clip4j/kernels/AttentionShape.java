package io.github.clip4j.kernels;

/**
 * A batch of sequences in attention, and where the parts of a token's row stand.
 *
 * @param queries the one token of each sequence whose attention is asked for, or null for that of all tokens
 */
record AttentionShape(int[] lengths, int[] queries, int heads, int headDim, boolean causal) {
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

    /** One sequence: where its tokens start, and where the rows of its result. */
    record Sequence(int start, int length, int firstQuery, int queries, int out) {}

    Sequence[] sequences() {
        Sequence[] sequences = new Sequence[lengths.length];
        int start = 0;
        for (int s = 0; s < sequences.length; s++) {
            sequences[s] = queries == null
                    ? new Sequence(start, lengths[s], 0, lengths[s], start)
                    : new Sequence(start, lengths[s], queries[s], 1, s);
            start += lengths[s];
        }
        return sequences;
    }

    /** How many tokens of a sequence token t sees. */
    int visible(int t, Sequence sequence) {
        return causal ? t + 1 : sequence.length;
    }
}
