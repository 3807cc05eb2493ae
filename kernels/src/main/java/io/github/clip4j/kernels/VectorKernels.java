package io.github.clip4j.kernels;

import java.util.List;
import java.util.function.IntConsumer;

/** The kernels on the Vector API; the arithmetic is in {@link Tile}, {@link VectorRows} and {@link VectorMath}. */
final class VectorKernels extends Kernels {
    /**
     * Rows of A that one task multiplies with its panels of W, a multiple of {@link Tile#ROWS}. A part of the panels is
     * read from memory once for them, and their sums (48 KiB at 512 bits, 96 at 256) stay in the second-level cache.
     */
    private static final int ROW_BLOCK = 192;
    /** Length of a partial sum. The panels' part (96 KiB at 512 bits, 192 at 256) stays in the second-level cache for a row block. */
    static final int SUM_BLOCK = 384;
    /**
     * Panels that one task multiplies with. A tile's rows of A come from the second-level cache for the first panel and
     * from the first-level cache for the others. Narrow panels need it, for a tile of them has few FMAs for each element
     * of A: at 256 bits 8 panels were 1.3 to 1.5 times as fast as 1 (AMD Zen 3, k of 192 and 768).
     */
    private static final int PANELS = Lanes.COUNT == 16 ? 1 : 8;
    /** Multiply-adds below which handing work to other threads costs more than it saves. */
    private static final long WORTH_SHARING = 1 << 18;
    /** Elements of an activation that one task takes; they stay in the first-level cache. */
    static final int ELEMENTS = 1 << 12;
    /** Rows of a layer norm that one task takes. */
    private static final int NORM_ROWS = 16;

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
        int groups = Math.ceilDiv(w.panels(), PANELS);
        int blocks = Math.ceilDiv(m, ROW_BLOCK);
        share(blocks * groups, (long) m * w.n * w.k, task -> {
            int row = task / groups * ROW_BLOCK;
            int panel = task % groups * PANELS;
            productBlock(a, row, Math.min(ROW_BLOCK, m - row), w, panel, Math.min(PANELS, w.panels() - panel), bias,
                    epilogue, c);
        });
    }

    /** Rows [row, row + rows) of the columns of panels [panel, panel + panels). */
    private static void productBlock(float[] a, int row, int rows, PackedMatrix w, int panel, int panels, float[] bias,
            Epilogue epilogue, float[] c) {
        int column = panel * Tile.WIDTH;
        int width = panels * Tile.WIDTH;
        int columns = Math.min(width, w.n - column);
        float[] sums = new float[Math.ceilDiv(rows, Tile.ROWS) * Tile.ROWS * width];
        if (bias != null) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(bias, column, sums, i * width, columns);
            }
        }
        addProducts(a, row, rows, w, panel, panels, sums);
        if (epilogue instanceof Epilogue.Activate(Activation activation)) {
            VectorRows.activate(activation, sums, 0, rows * width); // columns that do not exist are 0, and stay it
        }
        for (int i = 0; i < rows; i++) {
            int at = (row + i) * w.n + column;
            if (epilogue instanceof Epilogue.Add(float[] residual)) {
                VectorRows.add(sums, i * width, residual, at, c, at, columns);
            } else {
                System.arraycopy(sums, i * width, c, at, columns);
            }
        }
    }

    private static void addProducts(float[] a, int row, int rows, PackedMatrix w, int panel, int panels,
            float[] sums) {
        int width = panels * Tile.WIDTH;
        for (int p = 0; p < w.k; p += SUM_BLOCK) {
            int k = Math.min(SUM_BLOCK, w.k - p);
            for (int i = 0; i < rows; i += Tile.ROWS) {
                for (int j = 0; j < panels; j++) {
                    Tile.multiplyAdd(a, (row + i) * w.k + p, w.k, Math.min(Tile.ROWS, rows - i), w.data,
                            w.index(panel + j, p), k, sums, i * width + j * Tile.WIDTH, width);
                }
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
        share(Math.ceilDiv(n, ELEMENTS), 16L * n, task -> {
            int from = task * ELEMENTS;
            int count = Math.min(ELEMENTS, n - from);
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
