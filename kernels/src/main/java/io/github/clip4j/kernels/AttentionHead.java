package io.github.clip4j.kernels;

import java.util.Arrays;

/**
 * One head of one sequence: both of its products run on {@link Tile}. Scores {@code Q · Kᵀ} take the keys as a panel,
 * and {@code P · V} the values, whose rows are a panel's rows already but for their distance.
 */
final class AttentionHead {
    /** Rows of scores held at a time: for the 77 tokens of a text or the 50 of an image all of them. */
    static final int QUERY_BLOCK = Tile.wholeRows(80);
    private static final int W = Tile.WIDTH;
    /** Elements of a line of the caches. */
    private static final int LINE = 64 / Float.BYTES;

    private final AttentionShape shape;
    private final AttentionShape.Task task;
    private final RowBlock rowBlock;
    private final int length;
    private final int column;
    private final int dim;
    /** Keys a row of scores has room for: whole panels. */
    private final int keys;
    private final int valueColumns;

    /** @param column of the head's queries within a token's row */
    AttentionHead(AttentionShape shape, AttentionShape.Task task, int column, RowBlock rowBlock) {
        this.shape = shape;
        this.task = task;
        this.rowBlock = rowBlock;
        this.length = task.length();
        this.column = column;
        this.dim = shape.headDim();
        this.keys = Tile.wholeColumns(length);
        this.valueColumns = Tile.wholeColumns(dim);
    }

    void attend(float[] qkv, float[] out) {
        rowBlock.touched = touch(qkv, out);
        float[] keyPanels = packTransposed(qkv, shape.hidden(), rowBlock.keys.any(keys * dim));
        float[] valuePanels = packValues(qkv, rowBlock.values.any(valueColumns * length));
        int queries = task.queries();
        int block = Math.min(QUERY_BLOCK, Tile.wholeRows(queries));
        for (int from = 0; from < queries; from += block) {
            int rows = Math.min(block, queries - from);
            float[] scores = rowBlock.scores.zeros(block * keys);
            score(qkv, task.firstQuery() + from, rows, keyPanels, scores);
            float[] sums = rowBlock.sums.zeros(block * valueColumns);
            rowBlock.addProduct(scores, 0, keys, rows, valuePanels, 0, length, sums, valueColumns); // P V
            for (int i = 0; i < rows; i++) {
                int row = task.out() + from + i;
                VectorRows.copy(sums, i * valueColumns, out, row * shape.hidden() + column, dim);
            }
        }
    }

    /**
     * Reads one element of every line that the head reads or writes. Loads that wait for nothing come from memory many at a
     * time; packing has but a few lines on their way, and stores fetch theirs one after the other.
     *
     * @return something that depends on all of them, or they would not be loaded
     */
    private float touch(float[] qkv, float[] out) {
        int hidden = shape.hidden();
        float sum = 0;
        for (int i = 0; i < length; i++) {
            int at = task.row(i) * shape.stride() + column;
            for (int d = at; d < at + dim; d += LINE) {
                sum += qkv[d] + qkv[d + hidden] + qkv[d + 2 * hidden];
            }
        }
        for (int i = 0; i < task.queries(); i++) {
            int at = (task.out() + i) * hidden + column;
            for (int d = at; d < at + dim; d += LINE) {
                sum += out[d];
            }
        }
        return sum;
    }

    /**
     * {@code [token / W][dim][token % W]}: the panels of Kᵀ, or Vᵀ; {@code part} is where these stand in a token's row. What
     * fills up the last panel stays as it is: its scores are of no token.
     */
    float[] packTransposed(float[] qkv, int part, float[] panels) {
        for (int j = 0; j < length; j++) {
            int from = task.row(j) * shape.stride() + part + column;
            int to = j / W * W * dim + j % W;
            for (int d = 0; d < dim; d++) {
                panels[to + d * W] = qkv[from + d];
            }
        }
        return panels;
    }

    /** {@code [dim / W][key][dim % W]}: the panels of V; what fills up the last stays as it is. */
    private float[] packValues(float[] qkv, float[] panels) {
        for (int j = 0; j < length; j++) {
            int from = task.row(j) * shape.stride() + 2 * shape.hidden() + column;
            for (int d = 0; d < dim; d += W) {
                VectorRows.copy(qkv, from + d, panels, d * length + j * W, Math.min(W, dim - d));
            }
        }
        return panels;
    }

    /**
     * {@code scores = softmax(Q Kᵀ · scale)} of the queries [from, from + rows); 0 where a query does not see the key.
     *
     * @param scores zeros
     */
    void score(float[] qkv, int from, int rows, float[] keyPanels, float[] scores) {
        int query = task.row(from) * shape.stride() + column;
        rowBlock.addProduct(qkv, query, shape.stride(), rows, keyPanels, 0, dim, scores, keys);
        for (int i = 0; i < rows; i++) { // all before softmax reads the first: a load waits for narrower stores within it
            VectorRows.fillUp(scores, i * keys, shape.visible(from + i, task));
        }
        for (int i = 0; i < rows; i++) {
            int whole = VectorRows.wholeVectors(shape.visible(from + i, task));
            VectorRows.softmax(scores, i * keys, whole, shape.scale());
            Arrays.fill(scores, i * keys + whole, (i + 1) * keys, 0);
        }
    }
}
