package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * Some rows of {@code dW += dYᵀ · X} on {@link Tile}: dYᵀ is the tile's A and X, whose row slices are a panel's rows, its
 * W. Both are copied a part of the sum at a time, dY transposed, so that all of it stays in the second-level cache.
 */
final class WeightGradient {
    /** Rows of dW. Their part of dYᵀ (288 KiB) is read again for each panel of X. */
    static final int ROW_BLOCK = 192;
    /** Length of a partial sum. */
    private static final int SUM_BLOCK = 384;
    private static final int W = Tile.WIDTH;

    private final float[] dy;
    private final float[] x;
    private final int m;
    private final int n;
    private final int k;
    /** First row of dW, a column of dY, and the number of them. */
    private final int first;
    private final int rows;
    /** {@code [row][SUM_BLOCK]} */
    private final float[] dyTransposed;
    /** {@code [SUM_BLOCK][W]} */
    private final float[] panel;
    /** {@code [row][W]} */
    private final float[] sums;

    WeightGradient(float[] dy, float[] x, int m, int n, int k, int first, int rows) {
        this.dy = dy;
        this.x = x;
        this.m = m;
        this.n = n;
        this.k = k;
        this.first = first;
        this.rows = rows;
        int length = Math.min(SUM_BLOCK, m);
        dyTransposed = new float[rows * SUM_BLOCK];
        panel = new float[length * W];
        sums = new float[Math.ceilDiv(rows, Tile.ROWS) * Tile.ROWS * W];
    }

    void addTo(float[] dw, float[] db) {
        for (int from = 0; from < m; from += SUM_BLOCK) {
            int length = Math.min(SUM_BLOCK, m - from);
            Transpose.copy(dy, from * n + first, n, length, rows, dyTransposed, SUM_BLOCK);
            for (int column = 0; column < k; column += W) {
                pack(from, length, column);
                multiply(length);
                int columns = Math.min(W, k - column);
                for (int i = 0; i < rows; i++) {
                    int at = (first + i) * k + column;
                    VectorRows.add(sums, i * W, dw, at, dw, at, columns);
                }
            }
            for (int i = 0; db != null && i < rows; i++) {
                db[first + i] += VectorRows.sum(dyTransposed, i * SUM_BLOCK, length);
            }
        }
    }

    private void pack(int from, int length, int column) {
        int columns = Math.min(W, k - column);
        for (int p = 0; p < length; p++) {
            System.arraycopy(x, (from + p) * k + column, panel, p * W, columns);
        }
    }

    private void multiply(int length) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < rows; i += Tile.ROWS) {
            Tile.multiplyAdd(dyTransposed, i * SUM_BLOCK, SUM_BLOCK, Math.min(Tile.ROWS, rows - i), panel, 0, length,
                    sums, i * W, W);
        }
    }
}
