package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * Multiplies rows with panels on {@link Tile}, from a copy that has them as the tile reads them. A task's memory, which
 * later tasks use again: what is allocated for each comes from outside the caches.
 */
final class RowBlock {
    /** Rows that panels are multiplied with before the next: W comes from outside the caches once for as many. */
    static final int ROWS = 192 / Tile.ROWS * Tile.ROWS;
    /** Elements of a sum, for all rows, before its next part: {@link Tile#SLICES} tells which cache that is for. */
    private static final int DEPTH = Tile.SLICES * Tile.DEPTH;

    /** Arrays of a task. */
    private final Buffer panels = new Buffer();
    final Buffer sums = new Buffer();
    final Buffer keys = new Buffer();
    final Buffer values = new Buffer();
    final Buffer scores = new Buffer();
    final AttentionHeadGradient.Buffers gradient = new AttentionHeadGradient.Buffers();
    /** Where {@link AttentionHead} leaves what its loads depend on; nobody reads it. */
    float touched;

    /** {@code [k / Tile.DEPTH][row][k % Tile.DEPTH]}. */
    private final Buffer copies = new Buffer();
    private float[] copy = {};
    /** Whose rows these are, and the first of them. */
    private Object owner;
    private int first;

    /** An array that is used again and again, and grows. */
    static final class Buffer {
        private float[] array = {};

        /** An array of at least n elements, of any value. */
        float[] any(int n) {
            if (array.length < n) {
                array = new float[n];
            }
            return array;
        }

        /** An array whose first n elements are 0. */
        float[] zeros(int n) {
            float[] zeros = any(n);
            Arrays.fill(zeros, 0, n, 0);
            return zeros;
        }
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
            copy(a, ao + row * as, as, count, k);
            multiplyAdd(count, b, bo, k, s, row * width, width);
        }
    }

    /**
     * Copies the rows [row, row + count) of A [m, k] for {@link #multiplyAdd}, unless they are here.
     *
     * @param product has but one A, which does not change while it is asked for
     */
    void rows(Object product, float[] a, int row, int count, int k) {
        if (owner != product || first != row) {
            copy(a, row * k, k, count, k);
            owner = product;
            first = row;
        }
    }

    /** {@link #addProduct} of the rows that have been copied, at most {@link #ROWS}. */
    void multiplyAdd(int count, float[] b, int bo, int k, float[] s, int so, int width) {
        int whole = Tile.tileRows(count);
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            Tile.multiplyAdd(copy, p * whole, whole, b, bo + p * Tile.WIDTH, k * Tile.WIDTH, depth, s, so, width);
        }
    }

    /** Panels of a matrix that is not packed, for as long as it takes to multiply with them. */
    float[] read(RowReader unread, PackedMatrix w, int panel, int count) {
        float[] read = panels.any(count * w.width * w.k);
        w.packPanels(panel, count, unread, read);
        return read;
    }

    /**
     * Row by row, as memory sends them: slice by slice takes twice as long. The rows that fill up the last tile are zeros: no
     * tile is a special case.
     */
    private void copy(float[] a, int ao, int as, int count, int k) {
        owner = null;
        int whole = Tile.tileRows(count);
        copy = copies.any(Math.ceilDiv(k, Tile.DEPTH) * whole * Tile.DEPTH);
        for (int i = 0; i < count; i++) {
            for (int p = 0; p < k; p += Tile.DEPTH) {
                System.arraycopy(a, ao + i * as + p, copy, p * whole + i * Tile.DEPTH, Math.min(Tile.DEPTH, k - p));
            }
        }
        for (int p = 0; p < k; p += Tile.DEPTH) {
            Arrays.fill(copy, p * whole + count * Tile.DEPTH, (p + Tile.DEPTH) * whole, 0);
        }
    }
}
