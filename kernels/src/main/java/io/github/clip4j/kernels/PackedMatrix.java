package io.github.clip4j.kernels;

/**
 * A weight matrix W [n, k] in the order in which the product reads it: panels of {@code width} output columns,
 * {@code data[j / width][p][j % width] = W[j][p]}, the last panel filled up with zeros. Made once by
 * {@link Kernels#pack}, for the kernels that made it.
 */
public final class PackedMatrix {
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

    void packPanel(int panel, RowReader rows) {
        int columns = Math.min(width, n - panel * width);
        float[] row = new float[k];
        for (int c = 0; c < columns; c++) {
            rows.read(panel * width + c, row, 0);
            for (int p = 0, at = index(panel, 0) + c; p < k; p++, at += width) {
                data[at] = row[p];
            }
        }
    }
}
