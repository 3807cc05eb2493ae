package io.github.clip4j.kernels;

import io.github.clip4j.kernels.RowBlock.Buffer;

/** The gradient of one {@link AttentionHead}; its five products run on {@link Tile}. */
final class AttentionHeadGradient {
    private static final int W = Tile.WIDTH;

    private final AttentionShape shape;
    private final AttentionShape.Task task;
    private final AttentionHead head;
    private final RowBlock rowBlock;
    private final int column;
    private final int length;
    private final int dim;
    /** Keys a row of scores has room for, and columns a row of dQ, dK or dV: whole panels. */
    private final int keys;
    private final int columns;

    /** Arrays of a task, which the next uses again. */
    static final class Buffers {
        private final Buffer keyRows = new Buffer();
        private final Buffer rows = new Buffer();
        private final Buffer dS = new Buffer();
        private final Buffer transposed = new Buffer();
        private final Buffer dK = new Buffer();
        private final Buffer dV = new Buffer();
    }

    /** @param column of the head's queries within a token's row */
    AttentionHeadGradient(AttentionShape shape, AttentionShape.Task task, int column, RowBlock rowBlock) {
        this.shape = shape;
        this.task = task;
        this.head = new AttentionHead(shape, task, column, rowBlock);
        this.rowBlock = rowBlock;
        this.column = column;
        this.length = task.length();
        this.dim = shape.headDim();
        this.keys = Tile.wholeColumns(length);
        this.columns = Tile.wholeColumns(dim);
    }

    /** Writes the head's columns of dQkv: the keys and values of the sequence, and the task's queries. */
    void attend(float[] qkv, float[] dOut, float[] dQkv) {
        int stride = shape.stride();
        int hidden = shape.hidden();
        int key = task.row(0) * stride + hidden + column;
        Buffers buffers = rowBlock.gradient;
        float[] keyPanels = head.packTransposed(qkv, hidden, rowBlock.keys.any(keys * dim));
        float[] valuePanels = head.packTransposed(qkv, 2 * hidden, rowBlock.values.zeros(keys * dim)); // a P of 0 meets 0
        float[] keyRows = packRows(qkv, key, stride, length, buffers.keyRows);
        int block = Math.min(AttentionHead.QUERY_BLOCK, Tile.wholeRows(task.queries()));
        float[] transposed = buffers.transposed.any(length * block);
        float[] dK = buffers.dK.zeros(Tile.wholeRows(length) * columns);
        float[] dV = buffers.dV.zeros(Tile.wholeRows(length) * columns);
        for (int from = 0; from < task.queries(); from += block) {
            int rows = Math.min(block, task.queries() - from);
            int query = task.row(task.firstQuery() + from) * stride + column;
            int out = (task.out() + from) * hidden + column;
            float[] p = rowBlock.scores.zeros(block * keys);
            head.score(qkv, task.firstQuery() + from, rows, keyPanels, p);

            float[] dS = buffers.dS.zeros(block * keys);
            rowBlock.addProduct(dOut, out, hidden, rows, valuePanels, 0, dim, dS, keys); // dP = dO Vᵀ
            for (int i = 0; i < rows; i++) {
                VectorRowGradients.softmax(p, i * keys, keys, shape.scale(), dS); // a P of 0 makes a dS of 0
            }

            float[] dQ = rowBlock.sums.zeros(block * columns);
            rowBlock.addProduct(dS, 0, keys, rows, keyRows, 0, length, dQ, columns); // dQ = dS K
            write(dQ, rows, dQkv, query);

            Transpose.copy(dS, 0, keys, rows, length, transposed, 0, block);
            float[] queryRows = packRows(qkv, query, stride, rows, buffers.rows);
            rowBlock.addProduct(transposed, 0, block, length, queryRows, 0, rows, dK, columns); // dK = dSᵀ Q

            Transpose.copy(p, 0, keys, rows, length, transposed, 0, block);
            float[] dOutRows = packRows(dOut, out, hidden, rows, buffers.rows);
            rowBlock.addProduct(transposed, 0, block, length, dOutRows, 0, rows, dV, columns); // dV = Pᵀ dO
        }
        write(dK, length, dQkv, key);
        write(dV, length, dQkv, key + hidden);
    }

    /** {@code [dim / W][row][dim % W]} of the head's columns of some rows. */
    private float[] packRows(float[] x, int at, int stride, int rows, Buffer buffer) {
        float[] panels = buffer.any(rows * columns);
        for (int d = 0; d < dim; d += W) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x, at + i * stride + d, panels, d * rows + i * W, Math.min(W, dim - d));
            }
        }
        return panels;
    }

    private void write(float[] from, int rows, float[] dQkv, int at) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, i * columns, dQkv, at + i * shape.stride(), dim);
        }
    }
}
