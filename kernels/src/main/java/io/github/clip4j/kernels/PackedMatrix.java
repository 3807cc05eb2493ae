package io.github.clip4j.kernels;

/**
 * A weight matrix W [n, k] in the order in which the product reads it: panels of {@code width} output columns,
 * {@code data[j / width][p][j % width] = W[j][p]}, the last panel filled up with zeros. Made once by
 * {@link Kernels#pack}, for the kernels that made it.
 */
public final class PackedMatrix {
    private static final int TRANSPOSED_ROWS = 16;

    final int n;
    final int k;
    final int width;
    final float[] data;

    PackedMatrix(int n, int k, int width) {
        if (n < 1 || k < 1) {
            throw new IllegalArgumentException("a weight matrix of " + n + " x " + k + "; both must be positive");
        }
        long size = (long) Math.ceilDiv(n, width) * width * k;
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a weight matrix of " + n + " x " + k + " does not fit one array");
        }
        this.n = n;
        this.k = k;
        this.width = width;
        this.data = new float[(int) size];
    }

    /** Output columns of the product. */
    public int n() {
        return n;
    }

    /** Length of the sums, the width of the product's input. */
    public int k() {
        return k;
    }

    int panels() {
        return Math.ceilDiv(n, width);
    }

    /** Index of {@code W[panel * width][p]}; the panel's other columns follow it. */
    int index(int panel, int p) {
        return (panel * k + p) * width;
    }

    /** Transposes the panel's rows of W, so many at a time that whole cache lines of the panel are written. */
    void packPanel(int panel, RowReader rows) {
        int columns = Math.min(width, n - panel * width);
        int stride = k + TRANSPOSED_ROWS; // rows a power of two apart would push each other out of the cache
        float[] block = new float[Math.min(TRANSPOSED_ROWS, columns) * stride];
        for (int c = 0; c < columns; c += TRANSPOSED_ROWS) {
            int count = Math.min(TRANSPOSED_ROWS, columns - c);
            for (int i = 0; i < count; i++) {
                rows.read(panel * width + c + i, block, i * stride);
            }
            transpose(block, stride, count, index(panel, 0) + c);
        }
    }

    /** Packs columns [from, to) of W, each a slice of every panel. */
    void packColumns(int from, int to, RowReader columns) {
        float[] column = new float[n];
        for (int p = from; p < to; p++) {
            columns.readColumn(p, column);
            for (int panel = 0; panel < panels(); panel++) {
                int first = panel * width;
                System.arraycopy(column, first, data, index(panel, p), Math.min(width, n - first));
            }
        }
    }

    /** Packs the panel of a matrix whose transpose {@code w} [k, n] is given: slices of its rows. */
    void packTransposedPanel(int panel, float[] w) {
        int columns = Math.min(width, n - panel * width);
        for (int p = 0; p < k; p++) {
            System.arraycopy(w, p * n + panel * width, data, index(panel, p), columns);
        }
    }

    private void transpose(float[] block, int stride, int count, int at) {
        for (int p = 0; p < k; p++, at += width) {
            for (int i = 0; i < count; i++) {
                data[at + i] = block[i * stride + p];
            }
        }
    }
}
