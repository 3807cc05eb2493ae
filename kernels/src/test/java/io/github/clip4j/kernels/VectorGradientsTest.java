package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The gradients on vectors against the oracle; bounds are first-order rounding bounds of the inputs that were drawn. */
class VectorGradientsTest extends GradientsContract {
    private static final Kernels ORACLE = Kernels.scalar(2);

    @AfterAll
    static void closeOracle() {
        ORACLE.close();
    }

    @Override
    Kernels kernels(int threads) {
        return new VectorKernels(threads);
    }

    /** Every remainder of a tile in both directions, for tiles of up to 5 x 64. */
    @Test
    void weightGradientsAtEveryRemainder() {
        try (Kernels kernels = kernels(1)) {
            for (int n = 1; n <= 13; n++) {
                for (int k = 1; k <= 130; k++) {
                    checkWeights(kernels, 1 + (n + k) % 20, n, k);
                }
            }
        }
    }

    @Test
    void weightGradientsAroundTheBlocks() {
        try (Kernels kernels = kernels(2)) {
            for (int m : new int[]{1, 2, 127, 128, 129, 1023, 1024, 1025, 2100}) {
                for (int n : new int[]{1, 6, 191, 192, 196, 391}) {
                    checkWeights(kernels, m, n, 67);
                }
            }
        }
    }

    private static void checkWeights(Kernels kernels, int m, int n, int k) {
        Random random = new Random(31L * m + 17L * n + k);
        float[] dy = uniform(random, m * n);
        float[] x = uniform(random, m * k);
        float[] dw = padded(uniform(random, n * k));
        float[] db = random.nextBoolean() ? padded(uniform(random, n)) : null;
        float[] expectedDw = dw.clone();
        float[] expectedDb = db == null ? null : db.clone();
        kernels.weightGradient(dy, x, m, n, k, dw, db);
        ORACLE.weightGradient(dy, x, m, n, k, expectedDw, expectedDb);
        String shape = m + " x " + n + " x " + k;
        for (int i = 0; i < n; i++) {
            double columnSum = 1;
            for (int r = 0; r < m; r++) {
                columnSum += Math.abs(dy[r * n + i]);
            }
            // m + 2 roundings of sums of at most |dy|, since |x| <= 1
            double bound = (m + 2) * U * columnSum;
            for (int j = 0; j < k; j++) {
                assertEquals(expectedDw[i * k + j], dw[i * k + j], bound, "dW of " + shape + " at " + i + ", " + j);
            }
            if (db != null) {
                assertEquals(expectedDb[i], db[i], bound, "db of " + shape + " at " + i);
            }
        }
        assertPaddingSurvives(dw, n * k);
        if (db != null) {
            assertPaddingSurvives(db, n);
        }
    }

    /** Packed from the weights or from their transpose: the same product, bit for bit. */
    @Test
    void packsTransposed() {
        try (Kernels kernels = kernels(2)) {
            for (int k = 1; k <= 130; k++) {
                Random random = new Random(k);
                int m = 7;
                int n = 1 + k % 9;
                int columns = k;
                float[] w = uniform(random, n * k);
                float[] dy = uniform(random, m * n);
                float[] expected = padded(m * k);
                kernels.multiply(dy, m, kernels.pack(k, n, (row, target, offset) -> {
                    for (int i = 0; i < n; i++) {
                        target[offset + i] = w[i * columns + row];
                    }
                }), null, Epilogue.NONE, expected);
                float[] dx = padded(m * k);
                kernels.multiply(dy, m, kernels.packTransposed(w, n, k), null, Epilogue.NONE, dx);
                assertEquals(-1, Arrays.mismatch(expected, dx), "n " + n + ", k " + k);
            }
        }
    }

    @Test
    void activationGradients() {
        try (Kernels kernels = kernels(2)) {
            for (Activation activation : Activation.values()) {
                for (int n = 1; n <= 70; n++) {
                    checkActivation(kernels, activation, n, 12);
                }
                checkActivation(kernels, activation, 100_000, 200);
            }
        }
    }

    private static void checkActivation(Kernels kernels, Activation activation, int n, float range) {
        Random random = new Random(n);
        float[] x = uniform(random, n);
        for (int i = 0; i < n; i++) {
            x[i] *= range;
        }
        float[] dy = padded(uniform(random, n));
        float[] expected = dy.clone();
        kernels.activateGradient(activation, x, dy, n);
        ORACLE.activateGradient(activation, x, expected, n);
        for (int i = 0; i < n; i++) {
            // the slope is at most 1.13; 1 - sigmoid, which x multiplies, errs by a few roundings of 1
            double bound = 8 * U * (Math.abs(x[i]) + 1);
            assertEquals(expected[i], dy[i], bound, activation + " of " + x[i] + ", n " + n);
        }
        assertPaddingSurvives(dy, n);
    }

    @Test
    void layerNormGradients() {
        try (Kernels kernels = kernels(2)) {
            for (int n = 1; n <= 130; n++) {
                int rows = 1 + n % 71;
                Random random = new Random(n);
                float[] x = uniform(random, rows * n);
                float[] weight = uniform(random, n);
                float[] dy = uniform(random, rows * n);
                float[][] found = {padded(uniform(random, rows * n)), padded(uniform(random, n)),
                        padded(uniform(random, n))};
                float[][] expected = Arrays.stream(found).map(float[]::clone).toArray(float[][]::new);
                kernels.layerNormGradient(x, rows, weight, 1e-1f, dy, found[0], found[1], found[2]);
                ORACLE.layerNormGradient(x, rows, weight, 1e-1f, dy, expected[0], expected[1], expected[2]);
                // epsilon keeps the scale below 3.2; |dy|, |g| <= 1. The mean and the variance are off by n roundings,
                // z with them by n + 8 of 3.2 + |z|, |z| < 6.4, and so are the terms of dx, 1, 1 and |z|, times the scale
                double z = (n + 8) * U * 9.6;
                double dx = 3.2 * (3 * 6.4 * z + (n + 8) * U * (1 + 1 + 6.4 * 6.4));
                double sums = rows * z + (rows + 2) * U * (rows * 6.4 + 1);
                double[] bounds = {dx, sums, sums};
                int[] sizes = {rows * n, n, n};
                for (int s = 0; s < 3; s++) {
                    for (int i = 0; i < sizes[s]; i++) {
                        assertEquals(expected[s][i], found[s][i], bounds[s], "n " + n + ", result " + s + " at " + i);
                    }
                    assertPaddingSurvives(found[s], sizes[s]);
                }
            }
        }
    }

    @Test
    void attentionGradients() {
        int[][] batches = {{1}, {2, 1, 3}, {50}, {77, 5, 20}, {64, 65}, {200}, {96, 97}};
        try (Kernels kernels = kernels(2)) {
            for (int[] lengths : batches) {
                for (int headDim : new int[]{1, 3, 8, 17, 64, 80}) {
                    for (int heads = 1; heads <= 2; heads++) {
                        checkAttention(kernels, Sequences.of(lengths), heads, headDim, false);
                        checkAttention(kernels, Sequences.of(lengths), heads, headDim, true);
                    }
                }
            }
        }
    }

    private static void checkAttention(Kernels kernels, Sequences sequences, int heads, int headDim, boolean causal) {
        Random random = new Random(Arrays.hashCode(sequences.lengths()) + 7L * heads + headDim);
        int hidden = heads * headDim;
        float[] qkv = uniform(random, sequences.tokens() * 3 * hidden);
        float[] dOut = uniform(random, sequences.tokens() * hidden);
        float[] found = padded(qkv.length);
        float[] expected = padded(qkv.length);
        kernels.attentionGradient(qkv, sequences, heads, headDim, causal, dOut, found);
        ORACLE.attentionGradient(qkv, sequences, heads, headDim, causal, dOut, expected);
        String where = Arrays.toString(sequences.lengths()) + " heads " + heads + " x " + headDim + " causal " + causal;
        assertClose(expected, found, headDim, where);

        int[] queries = Arrays.stream(sequences.lengths()).map(random::nextInt).toArray();
        Arrays.fill(found, 0, qkv.length, Float.NaN); // what it does not compute, it writes
        kernels.attentionOfGradient(queries, qkv, sequences, heads, headDim, causal, dOut, found);
        ORACLE.attentionOfGradient(queries, qkv, sequences, heads, headDim, causal, dOut, expected);
        assertClose(expected, found, headDim, "one query of " + where);
        assertPaddingSurvives(found, qkv.length);
    }

    /**
     * Scores, values and the inputs are of the order of 1, so every element is a sum of terms of at most the order of
     * the largest; its error is that of a score (headDim roundings, twice) and of a sum over at most 200 tokens.
     */
    private static void assertClose(float[] expected, float[] found, int headDim, String where) {
        double largest = 0;
        for (int i = 0; i < expected.length - PADDING; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], U * (2 * headDim + 200) * largest, where + ", element " + i);
        }
    }

    @Test
    void rowGradients() {
        try (Kernels kernels = kernels(1)) {
            for (int n = 1; n <= 130; n++) {
                checkNormalize(kernels, 2, n);
                checkCrossEntropy(kernels, 3, n);
            }
        }
    }

    private static void checkNormalize(Kernels kernels, int rows, int n) {
        Random random = new Random(n);
        float[] x = uniform(random, rows * n);
        float[] dx = padded(uniform(random, rows * n));
        float[] expected = dx.clone();
        kernels.normalizeGradient(x, rows, n, dx, dx);
        ORACLE.normalizeGradient(x, rows, n, expected, expected);
        for (int r = 0; r < rows; r++) {
            double squares = 0;
            for (int i = r * n; i < (r + 1) * n; i++) {
                squares += (double) x[i] * x[i];
            }
            // |dy| <= 1 and |y| <= 1, so y · dy is at most sqrt(n); sums of n roundings, and a few more
            double bound = (n + 8) * U * (1 + Math.sqrt(n)) / Math.sqrt(squares);
            for (int i = r * n; i < (r + 1) * n; i++) {
                assertEquals(expected[i], dx[i], bound, "normalize, n " + n + " at " + i);
            }
        }
        assertPaddingSurvives(dx, rows * n);
    }

    private static void checkCrossEntropy(Kernels kernels, int rows, int n) {
        Random random = new Random(n);
        float[] logits = padded(uniform(random, rows * n));
        for (int i = 0; i < n; i++) {
            logits[i] *= 80;
        }
        float[] targets = distributions(random, rows, n);
        float[] expected = logits.clone();
        double loss = kernels.crossEntropy(logits, rows, n, targets);
        // the differences to the largest logit, up to 160, are rounded once; then a rounding for each term of the sums
        double bound = U * (160 + n + 6);
        assertEquals(ORACLE.crossEntropy(expected, rows, n, targets), loss, bound * 160, "loss, n " + n);
        for (int i = 0; i < rows * n; i++) {
            double p = rows * expected[i] + targets[i];
            assertEquals(expected[i], logits[i], (bound * p + 4 * U) / rows, "cross entropy, n " + n + " at " + i);
        }
        assertPaddingSurvives(logits, rows * n);
    }
}
