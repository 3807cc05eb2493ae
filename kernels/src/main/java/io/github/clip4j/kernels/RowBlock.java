package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * Multiplies rows with panels on {@link Tile}, from a copy that has them as the tile reads them. A task's memory, which
 * later tasks use again: what is allocated for each comes from outside the caches.
 */
final class RowBlock {
    /** Rows that a panel is multiplied with before the next; their copy (48 KiB) stays in the second-level cache. */
    static final int ROWS = 96 / Tile.ROWS * Tile.ROWS;

    private final float[] rows = new float[ROWS * Tile.DEPTH];
    private float[] sums = {};

    /** Room for so many sums, of any value. */
    float[] sums(int n) {
        if (sums.length < n) {
            sums = new float[n];
        }
        return sums;
    }

    /**
     * {@code S += A · B}: A [m, k], B [k, width], S [m rounded up to whole tiles, width].
     *
     * @param ao index of A's first element
     * @param as distance of A's rows
     * @param b panels {@code [column / Tile.WIDTH][k][column % Tile.WIDTH]} from {@code bo} on
     * @param width columns of B and distance of S's rows, whole panels
     */
    void addProduct(float[] a, int ao, int as, int m, float[] b, int bo, int k, float[] s, int width) {
        for (int row = 0; row < m; row += ROWS) {
            int count = Math.min(ROWS, m - row);
            for (int p = 0; p < k; p += Tile.DEPTH) {
                int depth = Math.min(Tile.DEPTH, k - p);
                copy(a, ao + row * as + p, as, count, depth);
                for (int j = 0; j < width; j += Tile.WIDTH) {
                    addPanel(count, b, bo + j * k + p * Tile.WIDTH, depth, s, row * width + j, width);
                }
            }
        }
    }

    private void addPanel(int count, float[] b, int bo, int depth, float[] s, int so, int width) {
        for (int i = 0; i < count; i += Tile.ROWS) {
            Tile.multiplyAdd(rows, i * Tile.DEPTH, b, bo, depth, s, so + i * width, width);
        }
    }

    /** The rows that fill up the last tile are zeros: every row goes through the same instructions wherever it stands. */
    private void copy(float[] a, int ao, int as, int count, int depth) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(a, ao + i * as, rows, i * Tile.DEPTH, depth);
        }
        Arrays.fill(rows, count * Tile.DEPTH, Tile.wholeRows(count) * Tile.DEPTH, 0);
    }
}
