package io.github.clip4j.evaluate;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import java.util.List;

/** Dot products of many embeddings with many others, a block at a time, so that not all of them are in memory. */
final class Similarities {
    /** 16 MiB of scores. */
    private static final int BLOCK = 1 << 22;

    private Similarities() {}

    /** What is done with the scores of a query. */
    @FunctionalInterface
    interface Scores {
        /** {@code scores[offset + c]} is the dot product of the query with candidate c. */
        void accept(int query, float[] scores, int offset);
    }

    /**
     * Calls {@code body} for each query in order.
     *
     * @throws IllegalArgumentException if there are no candidates, or an embedding is not finite or of another length
     */
    static void forEach(List<float[]> queries, List<float[]> candidates, Kernels kernels, Scores body) {
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("nothing to compare with");
        }
        int n = candidates.size();
        int dimension = candidates.getFirst().length;
        check(queries, dimension);
        check(candidates, dimension);
        PackedMatrix packed = kernels.pack(n, dimension,
                (row, target, offset) -> System.arraycopy(candidates.get(row), 0, target, offset, dimension));
        int rows = Math.min(queries.size(), Math.max(1, BLOCK / Math.max(n, dimension)));
        float[] block = new float[rows * dimension];
        float[] scores = new float[rows * n];
        for (int from = 0; from < queries.size(); from += rows) {
            int count = Math.min(rows, queries.size() - from);
            for (int i = 0; i < count; i++) {
                System.arraycopy(queries.get(from + i), 0, block, i * dimension, dimension);
            }
            kernels.multiply(block, count, packed, null, Epilogue.NONE, scores); // [count, n]
            for (int i = 0; i < count; i++) {
                body.accept(from + i, scores, i * n);
            }
        }
    }

    private static void check(List<float[]> embeddings, int dimension) {
        for (int i = 0; i < embeddings.size(); i++) {
            float[] embedding = embeddings.get(i);
            if (embedding.length != dimension) {
                throw new IllegalArgumentException(
                        "embedding %d has %d dimensions, others %d".formatted(i, embedding.length, dimension));
            }
            for (float value : embedding) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("embedding %d holds the value %s".formatted(i, value));
                }
            }
        }
    }

    /** How many of n scores come before that of {@code own}: the higher ones, and equal ones with a lower index. */
    static int rank(float[] scores, int offset, int n, int own) {
        float score = scores[offset + own];
        int rank = 0;
        for (int i = 0; i < n; i++) {
            float other = scores[offset + i];
            if (other > score || other == score && i < own) {
                rank++;
            }
        }
        return rank;
    }
}
