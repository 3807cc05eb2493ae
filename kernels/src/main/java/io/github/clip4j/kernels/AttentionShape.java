package io.github.clip4j.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * A batch of sequences in attention, and where the parts of a token's row stand.
 *
 * @param queries the one own token of each sequence whose attention is asked for, or null for that of all tokens
 */
record AttentionShape(Sequences sequences, int[] queries, int heads, int headDim, boolean causal) {
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

    /**
     * The attention of some tokens of one sequence.
     *
     * @param prefix tokens of the sequence that are the first rows; the others follow each other from row {@code start}
     * @param length tokens of the sequence, with the prefix
     * @param firstQuery the first token that asks, of {@code queries} in a row
     * @param out row of the first result
     */
    record Task(int prefix, int start, int length, int firstQuery, int queries, int out) {
        /** The row of a token. */
        int row(int token) {
            return token < prefix ? token : start + token - prefix;
        }
    }

    List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        int prefix = sequences.prefix();
        if (prefix > 0 && queries == null) {
            tasks.add(new Task(0, 0, prefix, 0, prefix, 0));
        }
        int start = prefix;
        for (int s = 0; s < sequences.count(); s++) {
            int own = sequences.lengths()[s];
            tasks.add(queries == null
                    ? new Task(prefix, start, prefix + own, prefix, own, start)
                    : new Task(prefix, start, prefix + own, prefix + queries[s], 1, s));
            start += own;
        }
        return tasks;
    }

    /** How many tokens of its sequence a token sees. */
    int visible(int token, Task task) {
        return causal ? token + 1 : task.length;
    }
}
