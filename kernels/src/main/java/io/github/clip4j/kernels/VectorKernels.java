package io.github.clip4j.kernels;

import java.util.List;
import java.util.function.IntConsumer;

/** The kernels on the Vector API; the arithmetic is in {@link Tile}, {@link VectorRows} and {@link VectorMath}. */
final class VectorKernels extends Kernels {
    /**
     * Rows of A that one task multiplies with a panel of W, a multiple of {@link Tile#ROWS}. A part of the panel is
     * read from memory once for them, and their sums (48 KiB at 512 bits) stay in the second-level cache.
     */
    private static final int ROW_BLOCK = 192;
    /** Length of a partial sum. A panel's part (96 KiB at 512 bits) stays in the second-level cache for a row block. */
    static final int SUM_BLOCK = 384;
    /** Multiply-adds below which handing work to other threads costs more than it saves. */
    private static final long WORTH_SHARING = 1 << 18;
    /** Rows of a layer norm that one task takes. */
    private static final int NORM_ROWS = 16;
    /** Elements that one task activates; they stay in the first-level cache. */
    private static final int ACTIVATION_BLOCK = 4096;

    private final Gradients gradients;

    VectorKernels(int threads) {
        super(threads, Tile.WIDTH);
        gradients = new VectorGradients(this);
        if (threads > 1) {
            workers.start(new WarmUp(this)::run);
        }
    }

    @Override
    public String description() {
        return Lanes.FLOATS.vectorBitSize() + "-bit vectors, " + threads() + (threads() == 1 ? " thread" : " threads");
    }

    @Override
    Gradients gradients() {
        return gradients;
    }

    /** Runs the tasks, on all threads if they are worth it. */
    void share(int tasks, long multiplyAdds, IntConsumer body) {
        if (multiplyAdds < WORTH_SHARING) {
            for (int i = 0; i < tasks; i++) {
                body.accept(i);
            }
        } else {
            workers.forEach(tasks, body);
        }
    }

    @Override
    void product(float[] a, int m, PackedMatrix w, float[] bias, Epilogue epilogue, float[] c) {
        int panels = w.panels();
        int blocks = Math.ceilDiv(m, ROW_BLOCK);
        share(blocks * panels, (long) m * w.n * w.k, task -> {
            int row = task / panels * ROW_BLOCK;
            productBlock(a, row, Math.min(ROW_BLOCK, m - row), w, task % panels, bias, epilogue, c);
        });
    }

    /** Rows [row, row + rows) of one panel's columns. */
    private static void productBlock(float[] a, int row, int rows, PackedMatrix w, int panel, float[] bias,
            Epilogue epilogue, float[] c) {
        int column = panel * Tile.WIDTH;
        int columns = Math.min(Tile.WIDTH, w.n - column);
        float[] sums = new float[Math.ceilDiv(rows, Tile.ROWS) * Tile.ROWS * Tile.WIDTH];
        if (bias != null) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(bias, column, sums, i * Tile.WIDTH, columns);
            }
        }
        addProducts(a, row, rows, w, panel, sums);
        if (epilogue instanceof Epilogue.Activate(Activation activation)) {
            VectorRows.activate(activation, sums, 0, rows * Tile.WIDTH); // columns that do not exist are 0, and stay it
        }
        for (int i = 0; i < rows; i++) {
            int at = (row + i) * w.n + column;
            if (epilogue instanceof Epilogue.Add(float[] residual)) {
                VectorRows.add(sums, i * Tile.WIDTH, residual, at, c, at, columns);
            } else {
                System.arraycopy(sums, i * Tile.WIDTH, c, at, columns);
            }
        }
    }

    private static void addProducts(float[] a, int row, int rows, PackedMatrix w, int panel, float[] sums) {
        for (int p = 0; p < w.k; p += SUM_BLOCK) {
            int k = Math.min(SUM_BLOCK, w.k - p);
            for (int i = 0; i < rows; i += Tile.ROWS) {
                Tile.multiplyAdd(a, (row + i) * w.k + p, w.k, Math.min(Tile.ROWS, rows - i), w.data, w.index(panel, p),
                        k, sums, i * Tile.WIDTH, Tile.WIDTH);
            }
        }
    }

    @Override
    void attend(AttentionShape shape, float[] qkv, float[] out) {
        List<AttentionShape.Task> tasks = shape.tasks();
        long work = 0;
        for (AttentionShape.Task task : tasks) {
            work += 2L * task.queries() * task.length() * shape.hidden();
        }
        share(tasks.size() * shape.heads(), work, i -> {
            int column = i % shape.heads() * shape.headDim();
            new AttentionHead(shape, tasks.get(i / shape.heads()), column).attend(qkv, out);
        });
    }

    @Override
    void normalizeLayer(float[] x, int rows, float[] weight, float[] bias, float epsilon, float[] y) {
        int n = weight.length;
        share(Math.ceilDiv(rows, NORM_ROWS), 8L * rows * n, task -> {
            int end = Math.min(rows, (task + 1) * NORM_ROWS);
            for (int r = task * NORM_ROWS; r < end; r++) {
                VectorRows.layerNorm(x, r * n, weight, bias, epsilon, y);
            }
        });
    }

    @Override
    void apply(Activation activation, float[] x, int n, float[] y) {
        share(Math.ceilDiv(n, ACTIVATION_BLOCK), 16L * n, task -> {
            int from = task * ACTIVATION_BLOCK;
            int count = Math.min(ACTIVATION_BLOCK, n - from);
            System.arraycopy(x, from, y, from, count);
            VectorRows.activate(activation, y, from, count);
        });
    }

    @Override
    void softmaxRow(float[] x, int from, int n, float scale) {
        VectorRows.softmax(x, from, n, scale);
    }

    @Override
    void normalizeRow(float[] x, int from, int n) {
        VectorRows.normalize(x, from, n);
    }
}
