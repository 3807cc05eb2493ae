package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The oracle of the gradients against central differences of the forward oracle. */
class ScalarGradientsTest extends GradientsContract {
    /** Inputs are multiples of {@link #GRID}, so that a step up and down is exact. */
    private static final float STEP = 0x1p-7f;
    private static final float GRID = 0x1p-10f;

    private final Kernels kernels = Kernels.scalar(1);

    @Override
    Kernels kernels(int threads) {
        return Kernels.scalar(threads);
    }

    @Test
    void productGradients() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int m = 1 + random.nextInt(5);
            int n = 1 + random.nextInt(5);
            int k = 1 + random.nextInt(5);
            float[] x = grid(random, m * k);
            float[] w = grid(random, n * k);
            float[] b = grid(random, n);
            float[] dy = uniform(random, m * n);
            Supplier<float[]> forward = () -> {
                float[] y = new float[m * n];
                kernels.multiply(x, m, kernels.pack(n, k, RowReader.of(w, k)), b, Epilogue.NONE, y);
                return y;
            };
            float[] dx = new float[m * k];
            kernels.multiply(dy, m, kernels.packTransposed(w, n, k), null, Epilogue.NONE, dx);
            float[] dw = new float[n * k];
            float[] db = new float[n];
            kernels.weightGradient(dy, x, m, n, k, dw, db);
            String where = "seed " + seed + ", " + m + " x " + n + " x " + k;
            check("dX, " + where, forward, dy, x, dx);
            check("dW, " + where, forward, dy, w, dw);
            check("db, " + where, forward, dy, b, db);
        }
    }

    @Test
    void activationGradients() {
        for (Activation activation : Activation.values()) {
            Random random = new Random(1);
            float[] x = grid(random, 200);
            for (int i = 0; i < x.length; i++) {
                x[i] *= 8;
            }
            float[] dy = uniform(random, x.length);
            float[] dx = dy.clone();
            kernels.activateGradient(activation, x, dx, x.length);
            for (int i = 0; i < x.length; i++) {
                float[] one = {x[i]};
                check(activation + " of " + x[i], () -> {
                    float[] y = new float[1];
                    kernels.activate(activation, one, 1, y);
                    return y;
                }, new float[]{dy[i]}, one, new float[]{dx[i]});
            }
        }
    }

    @Test
    void layerNormGradients() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int rows = 1 + random.nextInt(3);
            int n = 2 + random.nextInt(8);
            float epsilon = random.nextBoolean() ? 1e-5f : 0.1f;
            float[] x = grid(random, rows * n);
            float[] weight = grid(random, n);
            float[] bias = grid(random, n);
            float[] dy = uniform(random, rows * n);
            Supplier<float[]> forward = () -> {
                float[] y = new float[rows * n];
                kernels.layerNorm(x, rows, weight, bias, epsilon, y);
                return y;
            };
            float[] dx = new float[rows * n];
            float[] dWeight = new float[n];
            float[] dBias = new float[n];
            kernels.layerNormGradient(x, rows, weight, epsilon, dy, dx, dWeight, dBias);
            String where = "seed " + seed + ", " + rows + " x " + n + ", epsilon " + epsilon;
            check("dx, " + where, forward, dy, x, dx);
            check("dWeight, " + where, forward, dy, weight, dWeight);
            check("dBias, " + where, forward, dy, bias, dBias);
        }
    }

    @Test
    void attentionGradients() {
        int[][] batches = {{1}, {4}, {2, 1, 3}};
        for (int seed = 0; seed < 24; seed++) {
            Random random = new Random(seed);
            Sequences sequences = Sequences.of(batches[seed % batches.length]);
            boolean causal = random.nextBoolean();
            int heads = 1 + random.nextInt(2);
            int headDim = 1 + random.nextInt(4);
            int hidden = heads * headDim;
            float[] qkv = grid(random, sequences.tokens() * 3 * hidden);
            String where = "seed " + seed + ", " + sequences + ", heads " + heads + " x " + headDim + ", causal "
                    + causal;

            float[] dOut = uniform(random, sequences.tokens() * hidden);
            float[] dQkv = padded(qkv.length);
            kernels.attentionGradient(qkv, sequences, heads, headDim, causal, dOut, dQkv);
            check("attention, " + where, () -> {
                float[] out = new float[dOut.length];
                kernels.attention(qkv, sequences, heads, headDim, causal, out);
                return out;
            }, dOut, qkv, dQkv);

            int[] queries = Arrays.stream(sequences.lengths()).map(random::nextInt).toArray();
            float[] dOne = uniform(random, queries.length * hidden);
            kernels.attentionOfGradient(queries, qkv, sequences, heads, headDim, causal, dOne, dQkv);
            check("attention of " + Arrays.toString(queries) + ", " + where, () -> {
                float[] out = new float[dOne.length];
                kernels.attentionOf(queries, qkv, sequences, heads, headDim, causal, out);
                return out;
            }, dOne, qkv, dQkv);
        }
    }

    @Test
    void normalizeGradients() {
        for (int n = 1; n < 10; n++) {
            int rows = 3;
            int size = rows * n;
            int columns = n;
            Random random = new Random(n);
            float[] x = grid(random, size);
            float[] dy = uniform(random, size);
            float[] dx = dy.clone();
            kernels.normalizeGradient(x, rows, n, dx, dx);
            check("n " + n, () -> {
                float[] y = x.clone();
                kernels.normalize(y, rows, columns);
                return y;
            }, dy, x, dx);
        }
    }

    @Test
    void crossEntropyGradients() {
        for (int n = 1; n < 10; n++) {
            int rows = 3;
            int columns = n;
            Random random = new Random(n);
            float[] logits = grid(random, rows * n);
            float[] targets = distributions(random, rows, n);
            float[] gradient = logits.clone();
            kernels.crossEntropy(gradient, rows, n, targets);
            check("n " + n, () -> new float[]{(float) kernels.crossEntropy(logits.clone(), rows, columns, targets)},
                    new float[]{1}, logits, gradient);
        }
    }

    @Test
    void crossEntropyIsTheMeanOverRows() {
        float[] logits = {0, (float) Math.log(3), 7, 7};
        float[] targets = {0, 1, 0.5f, 0.5f}; // -log of 3/4, and log 2
        assertEquals((Math.log(4. / 3) + Math.log(2)) / 2, kernels.crossEntropy(logits, 2, 2, targets), 4 * U);
    }

    /**
     * The derivative of {@code sum(weights * forward)} by each element of x. A central difference errs by its
     * third-order term, which the difference to one of twice the step exceeds, and by the rounding of the outputs.
     */
    private static void check(String what, Supplier<float[]> forward, float[] weights, float[] x, float[] gradient) {
        double magnitude = 0;
        double largest = 0;
        float[] y = forward.get();
        for (int i = 0; i < weights.length; i++) {
            magnitude += Math.abs(weights[i]);
            largest = Math.max(largest, Math.abs(y[i]));
        }
        double rounding = 8 * U * magnitude * (largest + 1) / STEP;
        for (int i = 0; i < x.length; i++) {
            double slope = slope(forward, weights, x, i, STEP);
            double twice = slope(forward, weights, x, i, 2 * STEP);
            double bound = Math.abs(slope - twice) + rounding;
            assertEquals(slope, gradient[i], bound, what + ", element " + i);
        }
    }

    private static double slope(Supplier<float[]> forward, float[] weights, float[] x, int i, float step) {
        float here = x[i];
        x[i] = here + step;
        double above = dot(weights, forward.get());
        x[i] = here - step;
        double below = dot(weights, forward.get());
        x[i] = here;
        return (above - below) / (2 * step);
    }

    private static double dot(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot;
    }

    private static float[] grid(Random random, int n) {
        float[] x = uniform(random, n);
        for (int i = 0; i < n; i++) {
            x[i] = Math.round(x[i] / GRID) * GRID;
        }
        return x;
    }
}
