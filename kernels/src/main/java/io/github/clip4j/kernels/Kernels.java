package io.github.clip4j.kernels;

import static io.github.clip4j.kernels.Arguments.holds;
import static io.github.clip4j.kernels.Arguments.require;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The arithmetic of a transformer on row-major {@code float[]}. Work is spread over a fixed number of threads, and any
 * number of callers share them. Every element of a result is computed by one thread in an order that depends only on
 * the shapes of its own row, so results are bit-identical for any number of threads and any batch size; gradients of
 * parameters, which are sums over the batch, for any number of threads.
 *
 * <p>Shapes are checked here, once, and named in the {@link IllegalArgumentException}; the implementations rely on it.
 */
public abstract sealed class Kernels implements AutoCloseable permits ScalarKernels, VectorKernels {
    /**
     * System property that overrides the width of vectors: 128, 256 or 512 bits, or 0 for scalar arithmetic. Meant for
     * tests and for finding faults; without it the machine's preferred width is taken.
     */
    public static final String VECTOR_BITS = "clip4j.vectorBits";

    final Workers workers;
    private final int panelWidth;

    Kernels(int threads, int panelWidth) {
        this.workers = new Workers(threads);
        this.panelWidth = panelWidth;
    }

    /**
     * The fastest kernels of this machine: vectors where the module {@code jdk.incubator.vector} is in the boot layer,
     * scalar otherwise. {@link #description()} says which and why.
     */
    public static Kernels create(int threads) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            System.getLogger(Kernels.class.getName()).log(System.Logger.Level.WARNING,
                    "slow scalar arithmetic: start java with --add-modules jdk.incubator.vector for vectors");
            return new ScalarKernels(threads, "the module jdk.incubator.vector is not there");
        }
        if (Integer.getInteger(VECTOR_BITS, -1) == 0) {
            return new ScalarKernels(threads, VECTOR_BITS + " is 0");
        }
        return new VectorKernels(threads);
    }

    /** The plainest loops, the oracle that the others are tested against. */
    public static Kernels scalar(int threads) {
        return new ScalarKernels(threads, "asked for");
    }

    /** Which kernels these are and why, for people: {@code "512-bit vectors in 32 registers, 2 threads"}. */
    public abstract String description();

    /**
     * Has one of the threads, if there are several, run the kernels of inference until they are compiled, while the others
     * read weights.
     *
     * @param large whether the model is worth all of it, a third of a second; a small one is faster with half
     * @return waits until it has ended
     */
    public abstract Supplier<Void> warmUp(boolean large);

    /** The number of threads that the work is spread over. */
    public final int threads() {
        return workers.threads();
    }

    /** Runs a computation of several kernel calls on one of the threads, which saves a hand-over for each call. */
    public final <T> T run(Supplier<T> computation) {
        return workers.call(computation);
    }

    /**
     * Starts a computation on one of the threads; with a single thread it is done at once, on the caller's.
     *
     * @return waits for the result, and throws what the computation threw
     */
    public final <T> Supplier<T> start(Supplier<T> computation) {
        return workers.start(computation);
    }

    /**
     * Runs {@code body} for 0 to tasks - 1 on the threads, in any order, and returns when all have run. What one task
     * writes, no other may touch.
     */
    public final void parallel(int tasks, IntConsumer body) {
        workers.forEach(tasks, body);
    }

    /** Packs W [n, k] for {@link #multiply}. */
    public final PackedMatrix pack(int n, int k, RowReader rows) {
        PackedMatrix packed = new PackedMatrix(n, k, panelWidth, null);
        repack(packed, rows);
        return packed;
    }

    /**
     * W [n, k] that is packed by its second product, or by the first if that has many rows; a first one of few reads W as it
     * goes and keeps nothing. {@link #multiply} throws what the rows throw; its results are the same.
     */
    public final PackedMatrix packLater(int n, int k, RowReader rows) {
        return new PackedMatrix(n, k, panelWidth, rows);
    }

    /** Packs another W of the same shape into the same memory; nothing may be multiplied with it meanwhile. */
    public final void repack(PackedMatrix packed, RowReader rows) {
        packed.pack(rows, workers);
    }

    /**
     * {@code C = epilogue(A · Wᵀ + b)}: A [m, k], W [n, k], b [n] or null, C [m, n]. C must not overlap A.
     *
     * @param w packed by these kernels
     */
    public final void multiply(float[] a, int m, PackedMatrix w, float[] bias, Epilogue epilogue, float[] c) {
        require(m >= 0, "m", m, "0 or more");
        require(w.width == panelWidth, "panel width of the packed matrix", w.width, panelWidth);
        holds(a, m, w.k, "A");
        holds(c, m, w.n, "C");
        if (bias != null) {
            holds(bias, 1, w.n, "bias");
        }
        if (epilogue instanceof Epilogue.Add(float[] residual)) {
            holds(residual, m, w.n, "residual");
        }
        RowReader unread = w.unread(m <= rowsOfOnePass(), workers);
        product(a, m, w, unread, bias, epilogue, c);
        if (unread != null) {
            unread.done();
        }
    }

    /**
     * Multi-head attention: {@code softmax(Q Kᵀ / sqrt(headDim)) V} per head, where a token sees all tokens of its
     * sequence, or, if causal, those up to itself.
     *
     * @param qkv [tokens, 3 * heads * headDim]: query, key and value of a token side by side, heads side by side within
     * @param out [tokens, heads * headDim]; must not overlap {@code qkv}
     */
    public final void attention(float[] qkv, Sequences sequences, int heads, int headDim, boolean causal, float[] out) {
        attention(qkv, new AttentionShape(sequences, null, heads, headDim, causal), sequences.tokens(), out);
    }

    /**
     * {@link #attention} of one token of each sequence only.
     *
     * @param queries the token of each sequence, counted from its first own one
     * @param out [sequences, heads * headDim]
     */
    public final void attentionOf(int[] queries, float[] qkv, Sequences sequences, int heads, int headDim,
            boolean causal, float[] out) {
        attention(qkv, shapeOf(queries, sequences, heads, headDim, causal), queries.length, out);
    }

    private static AttentionShape shapeOf(int[] queries, Sequences sequences, int heads, int headDim, boolean causal) {
        require(queries.length == sequences.count(), "number of queries", queries.length, sequences.count());
        for (int s = 0; s < queries.length; s++) {
            Objects.checkIndex(queries[s], sequences.lengths()[s]);
        }
        return new AttentionShape(sequences, queries, heads, headDim, causal);
    }

    private void attention(float[] qkv, AttentionShape shape, int results, float[] out) {
        check(qkv, shape, results, out);
        attend(shape, qkv, out);
    }

    private static void check(float[] qkv, AttentionShape shape, int results, float[] out) {
        require(shape.heads() > 0, "heads", shape.heads(), "positive");
        require(shape.headDim() > 0, "headDim", shape.headDim(), "positive");
        require(shape.causal() || shape.sequences().prefix() == 0, "prefix", shape.sequences().prefix(),
                "0 where attention is not causal");
        long hidden = (long) shape.heads() * shape.headDim();
        holds(qkv, shape.sequences().tokens(), 3 * hidden, "qkv");
        holds(out, results, hidden, "out");
    }

    /**
     * {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias} for each row of x [rows, n], n the length of
     * {@code weight}; the variance is the mean square deviation. {@code y} may be x.
     */
    public final void layerNorm(float[] x, int rows, float[] weight, float[] bias, float epsilon, float[] y) {
        holds(x, rows, weight.length, "x");
        holds(y, rows, weight.length, "y");
        require(bias.length == weight.length, "bias length", bias.length, weight.length);
        normalizeLayer(x, rows, weight, bias, epsilon, y);
    }

    /** {@code y[i] = activation(x[i])} for i below n; y may be x. */
    public final void activate(Activation activation, float[] x, int n, float[] y) {
        holds(x, 1, n, "x");
        holds(y, 1, n, "y");
        apply(activation, x, n, y);
    }

    /** {@code x = exp(x - max) / sum(exp(x - max))} for each row of x [rows, n]. */
    public final void softmax(float[] x, int rows, int n) {
        holds(x, rows, n, "x");
        for (int r = 0; r < rows; r++) {
            softmaxRow(x, r * n, n, 1);
        }
    }

    /** {@code x = x / sqrt(sum(x²))} for each row of x [rows, n]; a row of zeros becomes NaN, as in the reference. */
    public final void normalize(float[] x, int rows, int n) {
        holds(x, rows, n, "x");
        for (int r = 0; r < rows; r++) {
            EmbeddingRows.normalize(x, r * n, n);
        }
    }

    /**
     * Packs Wᵀ for {@link #multiply}: {@code multiply(dY, packTransposed(W))} is {@code dX = dY · W}, the gradient of
     * the input of {@code Y = X · Wᵀ}.
     *
     * @param w [n, k], row-major
     */
    public final PackedMatrix packTransposed(float[] w, int n, int k) {
        PackedMatrix packed = new PackedMatrix(k, n, panelWidth, null);
        repackTransposed(packed, w);
        return packed;
    }

    /** {@link #repack} of what {@link #packTransposed} made. */
    public final void repackTransposed(PackedMatrix packed, float[] w) {
        holds(w, packed.k, packed.n, "W");
        packed.packTransposed(w, workers);
    }

    /**
     * Gradients of the weights of {@code Y = X · Wᵀ + b}: {@code dW += dYᵀ · X} and {@code db += sum of the rows of dY}.
     *
     * @param dy [m, n]
     * @param x [m, k]
     * @param dw [n, k]
     * @param db [n], or null
     */
    public final void weightGradient(float[] dy, float[] x, int m, int n, int k, float[] dw, float[] db) {
        require(n > 0 && k > 0, "the shape of W", n + " x " + k, "positive");
        holds(dy, m, n, "dY");
        holds(x, m, k, "X");
        holds(dw, n, k, "dW");
        if (db != null) {
            holds(db, 1, n, "db");
        }
        gradients().weights(dy, x, m, n, k, dw, db);
    }

    /** {@code dy[i] = dy[i] * activation'(x[i])} for i below n; x is the input of {@link #activate}. */
    public final void activateGradient(Activation activation, float[] x, float[] dy, int n) {
        holds(x, 1, n, "x");
        holds(dy, 1, n, "dy");
        gradients().activate(activation, x, dy, n);
    }

    /**
     * Gradients of {@link #layerNorm}. With {@code s = 1 / sqrt(variance + epsilon)}, {@code z = (x - mean) s} and
     * {@code g = dy * weight}, for each row {@code dx += s (g - mean(g) - z mean(g z))}, and over all rows
     * {@code dWeight += sum(dy z)}, {@code dBias += sum(dy)}.
     *
     * @param x [rows, n], the input of the layer norm
     * @param dx [rows, n]; must not overlap x or dy
     * @param dWeight [n], or null
     * @param dBias [n], or null
     */
    public final void layerNormGradient(float[] x, int rows, float[] weight, float epsilon, float[] dy, float[] dx,
            float[] dWeight, float[] dBias) {
        int n = weight.length;
        holds(x, rows, n, "x");
        holds(dy, rows, n, "dy");
        holds(dx, rows, n, "dx");
        if (dWeight != null) {
            holds(dWeight, 1, n, "dWeight");
        }
        if (dBias != null) {
            holds(dBias, 1, n, "dBias");
        }
        gradients().layerNorm(x, rows, weight, epsilon, dy, dx, dWeight, dBias);
    }

    /**
     * Gradient of {@link #attention}, whose probabilities P are computed again:
     * {@code dV = Pᵀ · dO}, {@code dP = dO · Vᵀ}, {@code dS = P (dP - sum of P dP over a row) / sqrt(headDim)},
     * {@code dQ = dS · K} and {@code dK = dSᵀ · Q} per head.
     *
     * @param sequences without a prefix
     * @param dOut [tokens, heads * headDim]
     * @param dQkv [tokens, 3 * heads * headDim], overwritten; must overlap neither {@code qkv} nor {@code dOut}
     */
    public final void attentionGradient(float[] qkv, Sequences sequences, int heads, int headDim, boolean causal,
            float[] dOut, float[] dQkv) {
        AttentionShape shape = new AttentionShape(sequences, null, heads, headDim, causal);
        check(qkv, shape, sequences.tokens(), dOut);
        attentionGradient(qkv, shape, dOut, dQkv);
    }

    /**
     * Gradient of {@link #attentionOf}.
     *
     * @param dOut [sequences, heads * headDim]
     * @param dQkv as in {@link #attentionGradient}, 0 for the other queries
     */
    public final void attentionOfGradient(int[] queries, float[] qkv, Sequences sequences, int heads, int headDim,
            boolean causal, float[] dOut, float[] dQkv) {
        AttentionShape shape = shapeOf(queries, sequences, heads, headDim, causal);
        check(qkv, shape, queries.length, dOut);
        attentionGradient(qkv, shape, dOut, dQkv);
    }

    private void attentionGradient(float[] qkv, AttentionShape shape, float[] dOut, float[] dQkv) {
        require(shape.sequences().prefix() == 0, "prefix", shape.sequences().prefix(), "0 in a gradient");
        int tokens = shape.sequences().tokens();
        holds(dQkv, tokens, shape.stride(), "dQkv");
        if (shape.queries() != null) {
            Arrays.fill(dQkv, 0, tokens * shape.stride(), 0);
        }
        gradients().attention(shape, qkv, dOut, dQkv);
    }

    /**
     * Gradient of {@link #normalize}: {@code dx = (dy - y (y · dy)) / |x|} with {@code y = x / |x|}, for each row.
     *
     * @param x [rows, n], the input of normalize
     * @param dx [rows, n], overwritten; may be dy
     */
    public final void normalizeGradient(float[] x, int rows, int n, float[] dy, float[] dx) {
        holds(x, rows, n, "x");
        holds(dy, rows, n, "dy");
        holds(dx, rows, n, "dx");
        for (int r = 0; r < rows; r++) {
            EmbeddingRows.normalizeGradient(x, r * n, n, dy, dx);
        }
    }

    /**
     * Softmax cross entropy, {@code -sum(targets * log softmax(logits))}, the mean over the rows, and its gradient:
     * logits become {@code (softmax(logits) - targets) / rows}.
     *
     * @param logits [rows, n]
     * @param targets [rows, n]; every row is a distribution, its sum is 1
     */
    public final double crossEntropy(float[] logits, int rows, int n, float[] targets) {
        require(rows > 0, "rows", rows, "positive");
        holds(logits, rows, n, "logits");
        holds(targets, rows, n, "targets");
        double loss = 0;
        for (int r = 0; r < rows; r++) {
            loss += EmbeddingRows.crossEntropy(logits, r * n, n, targets, 1f / rows);
        }
        return loss / rows;
    }

    /**
     * Gradient of looking up rows of a table: {@code dTable[ids[i]] += dx[i]} for each row i.
     *
     * @param dx [ids, n]
     * @param dTable [any number of rows, n]
     * @throws IndexOutOfBoundsException if an id is not a row of the table; nothing is added then
     */
    public final void scatterAdd(float[] dx, int[] ids, int n, float[] dTable) {
        require(n > 0, "n", n, "positive");
        holds(dx, ids.length, n, "dx");
        for (int id : ids) {
            Objects.checkIndex(id, dTable.length / n);
        }
        for (int i = 0; i < ids.length; i++) {
            for (int j = 0; j < n; j++) {
                dTable[ids[i] * n + j] += dx[i * n + j];
            }
        }
    }

    abstract Gradients gradients();

    /** Rows of A up to which {@link #product} reads each panel of W once. */
    abstract int rowsOfOnePass();

    /** @param unread what gives the rows of W, or null where W is packed */
    abstract void product(float[] a, int m, PackedMatrix w, RowReader unread, float[] bias, Epilogue epilogue,
            float[] c);

    abstract void attend(AttentionShape shape, float[] qkv, float[] out);

    abstract void normalizeLayer(float[] x, int rows, float[] weight, float[] bias, float epsilon, float[] y);

    abstract void apply(Activation activation, float[] x, int n, float[] y);

    /** Softmax of {@code scale * x[from, from + n)}, in place; scale is positive. */
    abstract void softmaxRow(float[] x, int from, int n, float scale);

    /** Stops the threads; to be called when no computation runs. */
    @Override
    public final void close() {
        workers.close();
    }
}
