package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * {@code dW += dYᵀ · X} on {@link Tile}: dYᵀ is its A and X its W, for slices of X's rows are rows of panels. A block of
 * their rows at a time, first X is packed, then every task transposes its columns of dY and multiplies.
 */
final class WeightGradient {
    /** Rows of dW that one task computes. */
    private static final int ROW_BLOCK = 192;
    /**
     * Rows of dY and X that are summed before they are added to dW, which is too large for the cache; a task's block of dYᵀ
     * (700 KiB) should stay in the second-level cache.
     */
    private static final int SUM_BLOCK = 8 * Tile.DEPTH;
    private static final int W = Tile.WIDTH;

    private final float[] dy;
    private final float[] x;
    private final int m;
    private final int n;
    private final int k;
    /** {@code [column / W][row][column % W]} of a block of X. */
    private final float[] panels;

    WeightGradient(float[] dy, float[] x, int m, int n, int k) {
        this.dy = dy;
        this.x = x;
        this.m = m;
        this.n = n;
        this.k = k;
        this.panels = new float[Tile.wholeColumns(k) * Math.min(SUM_BLOCK, m)];
    }

    void addTo(float[] dw, float[] db, VectorKernels kernels) {
        int tasks = Math.ceilDiv(Math.ceilDiv(n, ROW_BLOCK), kernels.threads()) * kernels.threads();
        int rows = Tile.wholeRows(Math.ceilDiv(n, tasks));
        int block = Math.ceilDiv(m, Math.ceilDiv(m, SUM_BLOCK));
        for (int start = 0; start < m; start += block) {
            int from = start;
            int length = Math.min(block, m - from);
            long work = (long) length * n * k;
            kernels.share(Math.ceilDiv(k, W), work, panel -> pack(from, length, panel));
            kernels.share(Math.ceilDiv(n, rows), work, task -> {
                addRows(from, length, task * rows, Math.min(rows, n - task * rows), dw, db);
            });
        }
    }

    private void pack(int from, int length, int panel) {
        int columns = Math.min(W, k - panel * W);
        for (int p = 0; p < length; p++) {
            System.arraycopy(x, (from + p) * k + panel * W, panels, (panel * length + p) * W, columns);
        }
    }

    /** Adds what the block of {@code length} rows of dY and X from {@code from} on gives to some rows of dW and db. */
    private void addRows(int from, int length, int first, int rows, float[] dw, float[] db) {
        int depth = Math.ceilDiv(length, Math.ceilDiv(length, Tile.DEPTH));
        int whole = Tile.tileRows(rows);
        float[][] parts = new float[Math.ceilDiv(length, depth)][whole * Tile.DEPTH];
        for (int i = 0; i < parts.length; i++) {
            int count = Math.min(depth, length - i * depth);
            Transpose.copy(dy, (from + i * depth) * n + first, n, count, rows, parts[i], 0, Tile.DEPTH);
            for (int r = 0; db != null && r < rows; r++) {
                db[first + r] += VectorRows.sum(parts[i], r * Tile.DEPTH, count);
            }
        }
        float[] sums = new float[Tile.wholeRows(rows) * W];
        for (int column = 0; column < k; column += W) {
            Arrays.fill(sums, 0);
            for (int p = 0; p < length; p += depth) {
                int count = Math.min(depth, length - p);
                Tile.multiplyAdd(parts[p / depth], 0, whole, panels, column * length + p * W, 0, count, sums, 0, W);
            }
            for (int i = 0; i < rows; i++) {
                int at = (first + i) * k + column;
                VectorRows.add(sums, i * W, dw, at, dw, at, Math.min(W, k - column));
            }
        }
    }
}
