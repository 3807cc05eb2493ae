package io.github.clip4j.kernels;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;

/** The kernels on the Vector API; the arithmetic is in {@link Tile}, {@link VectorRows} and {@link VectorMath}. */
final class VectorKernels extends Kernels {
    /** Columns that one task computes for the rows of a {@link RowBlock}, if panels are not wider. */
    private static final int COLUMNS = 64;
    /** Multiply-adds below which handing work to other threads costs more than it saves. */
    private static final long WORTH_SHARING = 1 << 18;
    /** Elements of an activation that one task takes; they stay in the first-level cache. */
    static final int ELEMENTS = 1 << 12;
    /** Rows of a layer norm that one task takes. */
    private static final int NORM_ROWS = 16;

    private final Gradients gradients;
    /** Of tasks that have ended; as many as ran at once. */
    private final Deque<RowBlock> spare = new ConcurrentLinkedDeque<>();

    VectorKernels(int threads) {
        super(threads, Tile.WIDTH);
        gradients = new VectorGradients(this);
    }

    @Override
    public Supplier<Void> warmUp(boolean large) {
        return threads() > 1 ? workers.start(() -> new WarmUp(this).run(large)) : () -> null;
    }

    @Override
    public String description() {
        return Lanes.FLOATS.vectorBitSize() + "-bit vectors in " + Lanes.REGISTERS + " registers, " + threads()
                + (threads() == 1 ? " thread" : " threads");
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

    /** Runs the tasks like {@link #share}, each with a block of its own. */
    void shareBlocks(int tasks, long multiplyAdds, ObjIntConsumer<RowBlock> body) {
        share(tasks, multiplyAdds, task -> {
            RowBlock block = spare.poll();
            if (block == null) {
                block = new RowBlock();
            }
            try {
                body.accept(block, task);
            } finally {
                spare.push(block);
            }
        });
    }

    @Override
    int rowsOfOnePass() {
        return RowBlock.ROWS;
    }

    @Override
    void product(float[] a, int m, PackedMatrix w, RowReader unread, float[] bias, Epilogue epilogue, float[] c) {
        int blocks = Math.ceilDiv(m, RowBlock.ROWS);
        int panels = Math.max(1, COLUMNS / Tile.WIDTH);
        int groups = Math.ceilDiv(w.panels(), panels);
        Object product = new Object();
        shareBlocks(blocks * groups, (long) m * w.n * w.k, (block, task) -> {
            int row = task / groups * RowBlock.ROWS;
            int rows = Math.min(RowBlock.ROWS, m - row);
            int panel = task % groups * panels;
            block.rows(product, a, row, rows, w.k);
            productBlock(block, row, rows, w, unread, panel, Math.min(panels, w.panels() - panel), bias, epilogue, c);
        });
    }

    /** Rows [row, row + rows) of the columns of panels [panel, panel + panels). */
    private static void productBlock(RowBlock block, int row, int rows, PackedMatrix w, RowReader unread,
            int panel, int panels, float[] bias, Epilogue epilogue, float[] c) {
        int column = panel * Tile.WIDTH;
        int width = panels * Tile.WIDTH;
        int columns = Math.min(width, w.n - column);
        float[] sums = block.sums.zeros(Tile.wholeRows(rows) * width);
        if (bias != null) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(bias, column, sums, i * width, columns);
            }
        }
        if (unread == null) {
            block.multiplyAdd(rows, w.data, w.index(panel, 0), w.k, sums, 0, width);
        } else {
            block.multiplyAdd(rows, block.read(unread, w, panel, panels), 0, w.k, sums, 0, width);
        }
        if (epilogue instanceof Epilogue.Activate(Activation activation)) {
            VectorRows.activate(activation, sums, 0, rows * width); // columns that do not exist are 0, and stay it
        }
        float[] residual = epilogue instanceof Epilogue.Add(float[] added) ? added : null;
        for (int i = 0; i < rows; i++) {
            int at = (row + i) * w.n + column;
            if (residual != null) {
                VectorRows.add(sums, i * width, residual, at, c, at, columns);
            } else {
                System.arraycopy(sums, i * width, c, at, columns);
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
        shareBlocks(tasks.size() * shape.heads(), work, (block, i) -> {
            int column = i % shape.heads() * shape.headDim();
            new AttentionHead(shape, tasks.get(i / shape.heads()), column, block).attend(qkv, out);
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
        float[] row = new float[VectorRows.wholeVectors(n)];
        System.arraycopy(x, from, row, 0, n);
        VectorRows.fillUp(row, 0, n);
        VectorRows.softmax(row, 0, row.length, scale);
        System.arraycopy(row, 0, x, from, n);
    }
}
