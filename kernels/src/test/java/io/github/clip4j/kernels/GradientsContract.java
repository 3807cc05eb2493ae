package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the gradients of every implementation of {@link Kernels} owe, beside their values. */
abstract class GradientsContract {
    /** Half the distance of 1 to the next float. */
    static final double U = Math.ulp(1f) / 2;
    /** Fills outputs before and after: what the shapes do not cover must survive. */
    private static final float UNTOUCHED = -12345.678f;
    static final int PADDING = 70;

    abstract Kernels kernels(int threads);

    /** What is in a gradient that accumulates stays in it: the second call adds what the first one added. */
    @Test
    void parameterGradientsAccumulate() {
        try (Kernels kernels = kernels(2)) {
            for (int m : new int[]{1, 20, 500}) {
                Random random = new Random(m);
                int n = 70;
                int k = 67;
                float[] dy = uniform(random, m * n);
                float[] x = uniform(random, m * k);
                float[] weight = uniform(random, n);
                float[][] once = {new float[n * k], new float[n], new float[m * n], new float[n], new float[n],
                        new float[9 * n]};
                float[][] twice = Arrays.stream(once).map(float[]::clone).toArray(float[][]::new);
                int[] ids = random.ints(m, 0, 9).toArray();
                for (float[][] sums : new float[][][]{once, twice, twice}) {
                    kernels.weightGradient(dy, x, m, n, k, sums[0], sums[1]);
                    kernels.layerNormGradient(dy, m, weight, 1e-5f, dy, sums[2], sums[3], sums[4]);
                    kernels.scatterAdd(dy, ids, n, sums[5]);
                }
                for (int s = 0; s < once.length; s++) {
                    for (int i = 0; i < once[s].length; i++) {
                        // up to m additions to a sum that is never above m; layer norm's dx is at most 300
                        double bound = U * (m * m + 1000);
                        assertEquals(2 * once[s][i], twice[s][i], bound, "m " + m + ", sum " + s + " at " + i);
                    }
                }
            }
        }
    }

    @Test
    void addsRowsOfATable() {
        try (Kernels kernels = kernels(1)) {
            float[] table = padded(6);
            Arrays.fill(table, 0, 6, 1);
            kernels.scatterAdd(new float[]{1, 2, 3, 4, 5, 6}, new int[]{2, 0, 2}, 2, table);
            assertArrayEquals(new float[]{4, 5, 1, 1, 7, 9}, Arrays.copyOf(table, 6));
            assertPaddingSurvives(table, 6);
            float[] before = table.clone();
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.scatterAdd(new float[4], new int[]{0, 38}, 2, table));
            assertArrayEquals(before, table);
        }
    }

    @Test
    void parametersMayBeFrozen() {
        try (Kernels kernels = kernels(1)) {
            float[] x = {1, 2, 4};
            float[] dx = new float[3];
            kernels.layerNormGradient(x, 1, x, 0.1f, x, dx, new float[3], new float[3]);
            float[] frozen = new float[3];
            kernels.layerNormGradient(x, 1, x, 0.1f, x, frozen, null, null);
            assertArrayEquals(dx, frozen);
            float[] dw = new float[9];
            kernels.weightGradient(x, x, 1, 3, 3, dw, null);
            assertArrayEquals(new float[]{1, 2, 4, 2, 4, 8, 4, 8, 16}, dw);
        }
    }

    /** One thread or three: the same bits, in shapes that make several tasks of every kind. */
    @Test
    void gradientsDoNotDependOnThreads() {
        Random random = new Random(5);
        Sequences sequences = Sequences.of(100, 50, 1, 77, 212, 50, 33);
        int tokens = sequences.tokens();
        int heads = 3;
        int hidden = heads * 40;
        float[] x = uniform(random, tokens * hidden);
        float[] qkv = uniform(random, 3 * tokens * hidden);
        float[] weight = uniform(random, hidden);
        float[][] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            try (Kernels kernels = kernels(threads)) {
                float[] dOut = x.clone();
                kernels.activateGradient(Activation.QUICK_GELU, qkv, dOut, dOut.length);
                float[] dQkv = new float[qkv.length];
                kernels.attentionGradient(qkv, sequences, heads, hidden / heads, true, dOut, dQkv);
                float[] dw = new float[3 * hidden * hidden];
                float[] db = new float[3 * hidden];
                kernels.weightGradient(dQkv, x, tokens, 3 * hidden, hidden, dw, db);
                float[] dx = new float[x.length];
                float[] dWeight = new float[hidden];
                float[] dBias = new float[hidden];
                kernels.layerNormGradient(x, tokens, weight, 1e-5f, dOut, dx, dWeight, dBias);
                float[][] all = {dOut, dQkv, dw, db, dx, dWeight, dBias};
                expected = expected == null ? all : expected;
                for (int i = 0; i < all.length; i++) {
                    assertArrayEquals(expected[i], all[i], threads + " threads, gradient " + i);
                }
            }
        }
    }

    @Test
    void namesWrongShapes() {
        try (Kernels kernels = kernels(1)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> kernels.weightGradient(new float[8], new float[6], 2, 4, 3, new float[11], null))
                    .getMessage();
            assertEquals("dW has 11 elements, needed are 4 x 3", message);
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.weightGradient(new float[8], new float[6], 2, 4, 3, new float[12], new float[3]));
            assertThrows(IllegalArgumentException.class, () -> kernels.packTransposed(new float[5], 2, 3));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.activateGradient(Activation.GELU, new float[2], new float[1], 2));
            assertThrows(IllegalArgumentException.class, () -> kernels.layerNormGradient(new float[4], 2, new float[2],
                    0, new float[4], new float[4], new float[1], null));
            assertThrows(IllegalArgumentException.class, () -> kernels.attentionGradient(new float[24],
                    Sequences.of(1, 1), 2, 2, true, new float[8], new float[23]));
            message = assertThrows(IllegalArgumentException.class, () -> kernels.attentionGradient(new float[24],
                    new Sequences(1, new int[]{1}), 2, 2, true, new float[8], new float[24])).getMessage();
            assertEquals("prefix is 1, expected 0 in a gradient", message);
            assertThrows(IllegalArgumentException.class, () -> kernels.attentionOfGradient(new int[1], new float[24],
                    Sequences.of(1, 1), 2, 2, true, new float[8], new float[24]));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.normalizeGradient(new float[4], 2, 2, new float[4], new float[3]));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.crossEntropy(new float[4], 2, 2, new float[3]));
            assertThrows(IllegalArgumentException.class, () -> kernels.crossEntropy(new float[0], 0, 2, new float[0]));
        }
    }

    static float[] uniform(Random random, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = 2 * random.nextFloat() - 1;
        }
        return x;
    }

    /** Rows of positive numbers whose sum is 1. */
    static float[] distributions(Random random, int rows, int n) {
        float[] p = new float[rows * n];
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                p[r * n + i] = random.nextFloat() + 0.01f;
                sum += p[r * n + i];
            }
            for (int i = 0; i < n; i++) {
                p[r * n + i] /= (float) sum;
            }
        }
        return p;
    }

    static float[] padded(int n) {
        return padded(new float[n]);
    }

    static float[] padded(float[] x) {
        float[] padded = Arrays.copyOf(x, x.length + PADDING);
        Arrays.fill(padded, x.length, padded.length, UNTOUCHED);
        return padded;
    }

    static void assertPaddingSurvives(float[] x, int n) {
        for (int i = n; i < x.length; i++) {
            assertEquals(UNTOUCHED, x[i], "element " + i + " past the end at " + n);
        }
    }
}
