package io.github.clip4j.kernels;

import java.util.List;

/** Gradients on the Vector API. */
final class VectorGradients implements Gradients {
    /** Rows of a layer norm that one task takes, and sums the gradients of the parameters of. */
    private static final int NORM_ROWS = 32;

    private final VectorKernels kernels;

    VectorGradients(VectorKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void weights(float[] dy, float[] x, int m, int n, int k, float[] dw, float[] db) {
        new WeightGradient(dy, x, m, n, k).addTo(dw, db, kernels);
    }

    @Override
    public void activate(Activation activation, float[] x, float[] dy, int n) {
        kernels.share(Math.ceilDiv(n, VectorKernels.ELEMENTS), 16L * n, task -> {
            int from = task * VectorKernels.ELEMENTS;
            VectorRowGradients.activate(activation, x, dy, from, Math.min(VectorKernels.ELEMENTS, n - from));
        });
    }

    @Override
    public void layerNorm(float[] x, int rows, float[] weight, float epsilon, float[] dy, float[] dx, float[] dWeight,
            float[] dBias) {
        int n = weight.length;
        int blocks = Math.ceilDiv(rows, NORM_ROWS);
        float[] weightSums = new float[blocks * n];
        float[] biasSums = new float[blocks * n];
        kernels.share(blocks, 16L * rows * n, task -> {
            int end = Math.min(rows, (task + 1) * NORM_ROWS);
            for (int r = task * NORM_ROWS; r < end; r++) {
                VectorRowGradients.layerNorm(x, r * n, weight, epsilon, dy, dx, weightSums, biasSums, task * n);
            }
        });
        addRows(weightSums, n, dWeight);
        addRows(biasSums, n, dBias);
    }

    private static void addRows(float[] rows, int n, float[] sum) {
        for (int from = 0; sum != null && from < rows.length; from += n) {
            VectorRows.add(rows, from, sum, 0, sum, 0, n);
        }
    }

    @Override
    public void attention(AttentionShape shape, float[] qkv, float[] dOut, float[] dQkv) {
        List<AttentionShape.Task> tasks = shape.tasks();
        long work = 0;
        for (AttentionShape.Task task : tasks) {
            work += 5L * task.queries() * task.length() * shape.hidden();
        }
        kernels.shareBlocks(tasks.size() * shape.heads(), work, (block, i) -> {
            int column = i % shape.heads() * shape.headDim();
            new AttentionHeadGradient(shape, tasks.get(i / shape.heads()), column, block).attend(qkv, dOut, dQkv);
        });
    }
}
