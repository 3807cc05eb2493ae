package io.github.clip4j.kernels;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A weight matrix W [n, k] in the order in which the product reads it: panels of {@code width} output columns,
 * {@code data[j / width][p][j % width] = W[j][p]}, the last panel filled up with zeros. Made by {@link Kernels#pack}, or
 * by {@link Kernels#packLater} of rows that are read when a product needs them; for the kernels that made it.
 */
public final class PackedMatrix {
    private static final int TRANSPOSED_ROWS = 16;
    /** Columns that one task packs, where W is read by columns. */
    private static final int TASK_COLUMNS = 32;

    final int n;
    final int k;
    final int width;
    /** Null until W is packed. */
    volatile float[] data;
    /** Rows to be packed when they are needed, or null. */
    private final RowReader waiting;
    /** Whether a product has read them without packing, and whether one packs them now. */
    private final AtomicBoolean read = new AtomicBoolean();
    private final AtomicBoolean packing = new AtomicBoolean();

    /** @param waiting rows that are packed when a product needs them, or null where they are packed at once */
    PackedMatrix(int n, int k, int width, RowReader waiting) {
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
        this.waiting = waiting;
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

    /**
     * The rows for a product to read as it goes: for the first, and for those that come while another packs W. For all others
     * null, and W is packed. Nobody waits for who packs: that takes all threads, and one of them may be the caller's.
     *
     * @param once whether the product reads each row once
     */
    RowReader unread(boolean once, Workers workers) {
        if (data != null) {
            return null;
        }
        if (once && (read.compareAndSet(false, true) || !packing.compareAndSet(false, true))) {
            return waiting;
        }
        try {
            pack(waiting, zeros(), workers);
        } finally {
            packing.set(false);
        }
        return null;
    }

    /** Packs W into the memory that this has already, or into new memory. */
    void pack(RowReader rows, Workers workers) {
        pack(rows, memory(), workers);
    }

    private void pack(RowReader rows, float[] to, Workers workers) {
        if (rows.hasColumns()) {
            workers.forEach(Math.ceilDiv(k, TASK_COLUMNS), task -> packColumns(task * TASK_COLUMNS,
                    Math.min(k, (task + 1) * TASK_COLUMNS), 0, panels(), rows, to));
        } else {
            workers.forEach(panels(), panel -> packPanel(panel, rows, to, index(panel, 0)));
        }
        rows.done();
        data = to;
    }

    /** The same with the transpose of W, {@code w} [k, n]: its rows are slices of the panels. */
    void packTransposed(float[] w, Workers workers) {
        float[] to = memory();
        workers.forEach(panels(), panel -> {
            int columns = Math.min(width, n - panel * width);
            for (int p = 0; p < k; p++) {
                System.arraycopy(w, p * n + panel * width, to, index(panel, p), columns);
            }
        });
        data = to;
    }

    private float[] memory() {
        return data == null ? zeros() : data;
    }

    private float[] zeros() {
        return new float[panels() * width * k];
    }

    /** Packs {@code count} panels to the beginning of {@code to}, whatever that holds. */
    void packPanels(int panel, int count, RowReader rows, float[] to) {
        if ((panel + count) * width > n) {
            Arrays.fill(to, index(count - 1, 0), index(count, 0), 0);
        }
        if (rows.hasColumns()) {
            packColumns(0, k, panel, count, rows, to);
        } else {
            for (int i = 0; i < count; i++) {
                packPanel(panel + i, rows, to, index(i, 0));
            }
        }
    }

    /** Transposes the panel's rows of W, so many at a time that whole cache lines of the panel are written. */
    private void packPanel(int panel, RowReader rows, float[] to, int at) {
        int columns = Math.min(width, n - panel * width);
        int stride = k + TRANSPOSED_ROWS; // rows a power of two apart would push each other out of the cache
        float[] block = new float[Math.min(TRANSPOSED_ROWS, columns) * stride];
        for (int c = 0; c < columns; c += TRANSPOSED_ROWS) {
            int count = Math.min(TRANSPOSED_ROWS, columns - c);
            for (int i = 0; i < count; i++) {
                rows.read(panel * width + c + i, block, i * stride);
            }
            transpose(block, stride, count, to, at + c);
        }
    }

    /** Packs columns [from, end) of W, of each the part that is in {@code count} panels. */
    private void packColumns(int from, int end, int panel, int count, RowReader columns, float[] to) {
        int first = panel * width;
        float[] column = new float[Math.min(count * width, n - first)];
        for (int p = from; p < end; p++) {
            columns.readColumn(p, first, column);
            for (int j = 0; j < column.length; j += width) {
                System.arraycopy(column, j, to, j * k + p * width, Math.min(width, column.length - j));
            }
        }
    }

    private void transpose(float[] block, int stride, int count, float[] to, int at) {
        for (int p = 0; p < k; p++, at += width) {
            for (int i = 0; i < count; i++) {
                to[at + i] = block[i * stride + p];
            }
        }
    }
}
