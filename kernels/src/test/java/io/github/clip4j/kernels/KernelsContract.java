package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every implementation of {@link Kernels} owes. Expected values are plain float64 formulas of this file; bounds
 * are first-order rounding bounds, so a term left out or counted twice stands out by orders of magnitude.
 */
abstract class KernelsContract {
    /** Half the distance of 1 to the next float. */
    private static final double U = Math.ulp(1f) / 2;
    /** Fills outputs before and after: what the shapes do not cover must survive. */
    private static final float UNTOUCHED = -12345.678f;
    private static final int PADDING = 70;

    abstract Kernels kernels(int threads);

    /**
     * Every remainder of a tile in both directions, for tiles of up to 6 rows and 64 columns, and every number of rows that
     * takes lower tiles beside them.
     */
    @Test
    void multipliesEveryRemainder() {
        try (Kernels kernels = kernels(1)) {
            for (int m = 1; m <= 25; m++) {
                for (int n = 1; n <= 130; n++) {
                    checkProduct(kernels, m, n, 5);
                }
            }
        }
    }

    @Test
    void multipliesAroundTheBlocks() {
        try (Kernels kernels = kernels(2)) {
            for (int m : new int[]{1, 6, 50, 96, 189, 190, 191, 192, 193, 200}) {
                for (int k : new int[]{1, 2, 127, 128, 129, 257, 767, 768, 769, 800, 1537}) {
                    checkProduct(kernels, m, 67, k);
                }
            }
            for (int n : new int[]{383, 384, 385, 800}) {
                checkProduct(kernels, 400, n, 5);
            }
        }
    }

    /** Weights packed into the memory of others are as if they had been packed anew. */
    @Test
    void packsAgain() {
        int k = 19;
        try (Kernels kernels = kernels(2)) {
            for (int n = 1; n <= 130; n++) {
                Random random = new Random(n);
                float[] old = uniform(random, n * k);
                float[] w = uniform(random, n * k);
                PackedMatrix packed = kernels.pack(n, k, RowReader.of(old, k));
                kernels.repack(packed, RowReader.of(w, k));
                assertArrayEquals(kernels.pack(n, k, RowReader.of(w, k)).data, packed.data, "n = " + n);
                assertArrayEquals(packed.data, kernels.pack(n, k, columns(w, k)).data, "columns, n = " + n);
                PackedMatrix transposed = kernels.packTransposed(old, n, k);
                kernels.repackTransposed(transposed, w);
                assertArrayEquals(kernels.packTransposed(w, n, k).data, transposed.data, "transposed, n = " + n);
            }
        }
    }

    private static RowReader columns(float[] w, int k) {
        return new RowReader() {
            @Override
            public void read(int row, float[] target, int offset) {
                throw new AssertionError("rows are not at hand");
            }

            @Override
            public boolean hasColumns() {
                return true;
            }

            @Override
            public void readColumn(int column, int first, float[] target) {
                for (int i = 0; i < target.length; i++) {
                    target[i] = w[(first + i) * k + column];
                }
            }
        };
    }

    private static void checkProduct(Kernels kernels, int m, int n, int k) {
        Random random = new Random(31L * m + 17L * n + k);
        float[] a = uniform(random, m * k);
        float[] w = uniform(random, n * k);
        float[] bias = random.nextBoolean() ? uniform(random, n) : null;
        float[] residual = uniform(random, m * n);
        PackedMatrix packed = kernels.pack(n, k, RowReader.of(w, k));
        Epilogue[] epilogues = {Epilogue.NONE, new Epilogue.Activate(Activation.QUICK_GELU),
                new Epilogue.Activate(Activation.GELU), new Epilogue.Add(residual)};
        Epilogue epilogue = epilogues[random.nextInt(epilogues.length)];
        float[] c = padded(m * n);
        kernels.multiply(a, m, packed, bias, epilogue, c);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias == null ? 0 : bias[j];
                double magnitude = Math.abs(sum);
                for (int p = 0; p < k; p++) {
                    sum += (double) a[i * k + p] * w[j * k + p];
                    magnitude += Math.abs((double) a[i * k + p] * w[j * k + p]);
                }
                double expected = switch (epilogue) {
                    case Epilogue.None() -> sum;
                    case Epilogue.Activate(Activation activation) -> activation(activation, sum);
                    case Epilogue.Add(float[] r) -> r[i * n + j] + sum;
                };
                // k + 2 roundings of at most U each; activations have a slope below 1.2 and round a few times more
                double bound = 1.2 * (k + 2) * U * magnitude + 8 * U * (Math.abs(expected) + 1);
                String where = m + " x " + n + " x " + k + ", " + epilogue + " at " + i + ", " + j;
                assertEquals(expected, c[i * n + j], bound, where);
            }
        }
        assertPaddingSurvives(c, m * n);
    }

    @Test
    void addsToTheOutputInPlace() {
        try (Kernels kernels = kernels(2)) {
            Random random = new Random(1);
            int m = 20;
            int n = 70;
            int k = 400;
            float[] a = uniform(random, m * k);
            PackedMatrix w = kernels.pack(n, k, RowReader.of(uniform(random, n * k), k));
            float[] residual = uniform(random, m * n);
            float[] apart = new float[m * n];
            kernels.multiply(a, m, w, null, new Epilogue.Add(residual), apart);
            kernels.multiply(a, m, w, null, new Epilogue.Add(residual), residual);
            assertArrayEquals(apart, residual);
        }
    }

    @Test
    void attends() {
        int[][] batches = {{1}, {2, 1, 3}, {50}, {77, 5, 20}, {64, 65}, {200}, {96, 97}};
        try (Kernels kernels = kernels(2)) {
            for (int[] lengths : batches) {
                for (int headDim : new int[]{1, 3, 8, 17, 64, 80}) {
                    for (int heads = 1; heads <= 3; heads++) {
                        checkAttention(kernels, lengths, heads, headDim, false);
                        checkAttention(kernels, lengths, heads, headDim, true);
                    }
                }
            }
        }
    }

    private static void checkAttention(Kernels kernels, int[] lengths, int heads, int headDim, boolean causal) {
        Random random = new Random(Arrays.hashCode(lengths) + 7L * heads + headDim);
        int hidden = heads * headDim;
        int tokens = Arrays.stream(lengths).sum();
        float[] qkv = uniform(random, tokens * 3 * hidden);
        float[] out = padded(tokens * hidden);
        kernels.attention(qkv, Sequences.of(lengths), heads, headDim, causal, out);
        int start = 0;
        for (int length : lengths) {
            for (int i = 0; i < length; i++) {
                for (int h = 0; h < hidden; h += headDim) {
                    int visible = causal ? i + 1 : length;
                    double[] p = new double[visible];
                    double sum = 0;
                    for (int j = 0; j < visible; j++) {
                        for (int d = 0; d < headDim; d++) {
                            p[j] += (double) qkv[(start + i) * 3 * hidden + h + d]
                                    * qkv[(start + j) * 3 * hidden + hidden + h + d];
                        }
                        p[j] = Math.exp(p[j] / Math.sqrt(headDim));
                        sum += p[j];
                    }
                    // |q|, |k|, |v| <= 1: a score is off by headDim roundings of sqrt(headDim), a weight relatively by
                    // twice that, and the sum of the weighted values by a rounding for each
                    double bound = U * (2 * headDim * Math.sqrt(headDim) + 2 * visible + 10);
                    for (int d = 0; d < headDim; d++) {
                        double expected = 0;
                        for (int j = 0; j < visible; j++) {
                            expected += p[j] / sum * qkv[(start + j) * 3 * hidden + 2 * hidden + h + d];
                        }
                        assertEquals(expected, out[(start + i) * hidden + h + d], bound,
                                Arrays.toString(lengths) + " heads " + heads + " headDim " + headDim + " causal "
                                        + causal + " token " + (start + i) + " column " + (h + d));
                    }
                }
            }
            start += length;
        }
        assertPaddingSurvives(out, tokens * hidden);
        checkAttentionOfOne(kernels, qkv, lengths, heads, causal, out);
    }

    /** The attention of one token of each sequence is that token's row, bit for bit. */
    private static void checkAttentionOfOne(Kernels kernels, float[] qkv, int[] lengths, int heads, boolean causal,
            float[] all) {
        int tokens = Arrays.stream(lengths).sum();
        int hidden = qkv.length / tokens / 3;
        int[] queries = new int[lengths.length];
        for (int s = 0; s < queries.length; s++) {
            queries[s] = (13 * s + 5) % lengths[s];
        }
        float[] out = padded(lengths.length * hidden);
        kernels.attentionOf(queries, qkv, Sequences.of(lengths), heads, hidden / heads, causal, out);
        int start = 0;
        for (int s = 0; s < queries.length; s++) {
            int row = (start + queries[s]) * hidden;
            assertArrayEquals(Arrays.copyOfRange(all, row, row + hidden),
                    Arrays.copyOfRange(out, s * hidden, (s + 1) * hidden), Arrays.toString(lengths) + " sequence " + s);
            start += lengths[s];
        }
        assertPaddingSurvives(out, lengths.length * hidden);
    }

    /** Sequences that begin alike, computed with the beginning once and each by itself: the same bits. */
    @Test
    void sharesPrefixes() {
        int heads = 2;
        int headDim = 20;
        int hidden = heads * headDim;
        int[] lengths = {3, 1, 66, 12};
        try (Kernels kernels = kernels(2)) {
            for (int prefix : new int[]{1, 5, 64, 70}) {
                Random random = new Random(prefix);
                Sequences shared = new Sequences(prefix, lengths);
                float[] qkv = uniform(random, shared.tokens() * 3 * hidden);
                float[] out = padded(shared.tokens() * hidden);
                kernels.attention(qkv, shared, heads, headDim, true, out);
                int[] last = Arrays.stream(lengths).map(length -> length - 1).toArray();
                float[] ends = new float[lengths.length * hidden];
                kernels.attentionOf(last, qkv, shared, heads, headDim, true, ends);
                assertArrayEquals(shared.rows(out, last, hidden), ends, "prefix " + prefix);
                int start = prefix;
                for (int length : lengths) {
                    int own = (prefix + length) * hidden;
                    float[] alone = new float[3 * own];
                    System.arraycopy(qkv, 0, alone, 0, 3 * prefix * hidden);
                    System.arraycopy(qkv, 3 * start * hidden, alone, 3 * prefix * hidden, 3 * length * hidden);
                    float[] expected = new float[own];
                    kernels.attention(alone, Sequences.of(prefix + length), heads, headDim, true, expected);
                    float[] found = new float[own];
                    System.arraycopy(out, 0, found, 0, prefix * hidden);
                    System.arraycopy(out, start * hidden, found, prefix * hidden, length * hidden);
                    assertArrayEquals(expected, found, "prefix " + prefix + ", length " + length);
                    start += length;
                }
                assertPaddingSurvives(out, shared.tokens() * hidden);
            }
        }
    }

    @Test
    void normalizesLayers() {
        try (Kernels kernels = kernels(2)) {
            for (int n = 1; n <= 130; n++) {
                int rows = 1 + n % 40;
                Random random = new Random(n);
                float[] x = uniform(random, rows * n);
                float[] weight = uniform(random, n);
                float[] bias = uniform(random, n);
                float[] y = padded(rows * n);
                kernels.layerNorm(x, rows, weight, bias, 1e-5f, y);
                for (int r = 0; r < rows; r++) {
                    double mean = mean(x, r * n, n, 0);
                    double scale = 1 / Math.sqrt(mean(x, r * n, n, mean) + 1e-5f);
                    for (int i = 0; i < n; i++) {
                        double expected = (x[r * n + i] - mean) * scale * weight[i] + bias[i];
                        // the mean is off by n roundings of values up to 1, the deviation with it, the scale by as many
                        double bound = (n + 8) * U * (scale + Math.abs(expected) + 1);
                        assertEquals(expected, y[r * n + i], bound, "n " + n + " row " + r + " column " + i);
                    }
                }
                assertPaddingSurvives(y, rows * n);
            }
        }
    }

    /** Mean of x, or mean squared deviation from a mean other than zero. */
    private static double mean(float[] x, int from, int n, double mean) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += mean == 0 ? x[i] : (x[i] - mean) * (x[i] - mean);
        }
        return sum / n;
    }

    @Test
    void softmaxesAndNormalizesRows() {
        try (Kernels kernels = kernels(1)) {
            for (int n = 1; n <= 130; n++) {
                Random random = new Random(n);
                float[] x = uniform(random, 2 * n);
                for (int i = 0; i < n; i++) {
                    x[i] *= 80;
                }
                float[] softmax = Arrays.copyOf(x, 2 * n + PADDING);
                Arrays.fill(softmax, 2 * n, softmax.length, UNTOUCHED);
                float[] normal = softmax.clone();
                kernels.softmax(softmax, 2, n);
                kernels.normalize(normal, 2, n);
                for (int r = 0; r < 2; r++) {
                    double max = Double.NEGATIVE_INFINITY;
                    double squares = 0;
                    for (int i = 0; i < n; i++) {
                        max = Math.max(max, x[r * n + i]);
                        squares += (double) x[r * n + i] * x[r * n + i];
                    }
                    double sum = 0;
                    for (int i = 0; i < n; i++) {
                        sum += Math.exp(x[r * n + i] - max);
                    }
                    for (int i = 0; i < n; i++) {
                        String where = "n " + n + " row " + r + " column " + i;
                        double p = Math.exp(x[r * n + i] - max) / sum;
                        // the exponent, up to 160, is rounded once; then a rounding for each term of the sum
                        double bound = U * (160 + n + 6) * p + Float.MIN_VALUE;
                        assertEquals(p, softmax[r * n + i], bound, where);
                        double unit = x[r * n + i] / Math.sqrt(squares);
                        assertEquals(unit, normal[r * n + i], (n + 4) * U * Math.abs(unit), where);
                    }
                }
                assertPaddingSurvives(softmax, 2 * n);
                assertPaddingSurvives(normal, 2 * n);
            }
        }
    }

    @Test
    void activates() {
        int[] sizes = IntStream.concat(IntStream.rangeClosed(1, 70), IntStream.of(50_003)).toArray();
        try (Kernels kernels = kernels(3)) {
            for (Activation activation : Activation.values()) {
                for (int n : sizes) {
                    Random random = new Random(n);
                    float[] x = uniform(random, n);
                    for (int i = 0; i < n; i++) {
                        x[i] *= 12;
                    }
                    float[] y = padded(n);
                    kernels.activate(activation, x, n, y);
                    float[] inPlace = x.clone();
                    kernels.activate(activation, inPlace, n, inPlace);
                    assertArrayEquals(Arrays.copyOf(y, n), inPlace, activation + " in place, n = " + n);
                    for (int i = 0; i < n; i++) {
                        double bound = 8 * U * (Math.abs(x[i]) + 1);
                        assertEquals(activation(activation, x[i]), y[i], bound, activation + " of " + x[i]);
                    }
                    assertPaddingSurvives(y, n);
                }
            }
        }
    }

    /** One row alone, all rows at once, one thread or three: the same bits. */
    @Test
    void resultsDependOnNeitherBatchNorThreads() {
        Random random = new Random(5);
        int[] lengths = {7, 50, 1, 77, 12, 50, 33};
        int tokens = Arrays.stream(lengths).sum();
        int hidden = 3 * 40;
        float[] x = uniform(random, tokens * hidden);
        float[] weight = uniform(random, 3 * hidden * hidden);
        float[] gain = uniform(random, hidden);
        float[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            try (Kernels kernels = kernels(threads)) {
                PackedMatrix w = kernels.pack(3 * hidden, hidden, RowReader.of(weight, hidden));
                float[] all = attentionBlock(kernels, x, lengths, w, gain);
                expected = expected == null ? all : expected;
                assertArrayEquals(expected, all, threads + " threads");
                int start = 0;
                for (int length : lengths) {
                    float[] part = Arrays.copyOfRange(x, start * hidden, (start + length) * hidden);
                    float[] one = attentionBlock(kernels, part, new int[]{length}, w, gain);
                    float[] same = Arrays.copyOfRange(expected, start * hidden, (start + length) * hidden);
                    assertArrayEquals(same, one,
                            threads + " threads, the sequence of " + length + " tokens at " + start);
                    start += length;
                }
            }
        }
    }

    private static float[] attentionBlock(Kernels kernels, float[] x, int[] lengths, PackedMatrix w, float[] gain) {
        int hidden = gain.length;
        int tokens = x.length / hidden;
        float[] normal = new float[x.length];
        kernels.layerNorm(x, tokens, gain, gain, 1e-5f, normal);
        float[] qkv = new float[3 * x.length];
        kernels.multiply(normal, tokens, w, null, new Epilogue.Activate(Activation.GELU), qkv);
        float[] out = new float[x.length];
        kernels.attention(qkv, Sequences.of(lengths), 3, hidden / 3, true, out);
        return out;
    }

    @Test
    void manyCallersShareTheThreads() throws Exception {
        Random random = new Random(6);
        int m = 100;
        int k = 96;
        int n = 200;
        float[] a = uniform(random, m * k);
        float[] weight = uniform(random, n * k);
        try (Kernels kernels = kernels(2); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            PackedMatrix w = kernels.pack(n, k, RowReader.of(weight, k));
            float[] expected = new float[m * n];
            kernels.multiply(a, m, w, null, Epilogue.NONE, expected);
            Set<Thread> used = ConcurrentHashMap.newKeySet();
            List<Callable<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(() -> kernels.run(() -> {
                    used.add(Thread.currentThread());
                    float[] c = new float[m * n];
                    kernels.multiply(a, m, w, null, Epilogue.NONE, c);
                    return c;
                }));
            }
            for (var call : callers.invokeAll(calls)) {
                assertArrayEquals(expected, call.get());
            }
            assertTrue(used.size() <= 2, "computed on " + used);
        }
    }

    @Test
    void namesWrongShapes() {
        try (Kernels kernels = kernels(1)) {
            PackedMatrix w = kernels.pack(3, 4, (_, _, _) -> {});
            String message = assertThrows(IllegalArgumentException.class,
                    () -> kernels.multiply(new float[7], 2, w, null, Epilogue.NONE, new float[6])).getMessage();
            assertEquals("A has 7 elements, needed are 2 x 4", message);
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.multiply(new float[8], 2, w, new float[2], Epilogue.NONE, new float[6]));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.multiply(new float[8], 2, w, null, new Epilogue.Add(new float[5]), new float[6]));
            assertThrows(IllegalArgumentException.class, () -> Sequences.of(1, 0));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.attention(new float[23], Sequences.of(1, 1), 2, 2, true, new float[8]));
            assertThrows(IllegalArgumentException.class, () -> kernels.attention(new float[24],
                    new Sequences(1, new int[]{1}), 2, 2, false, new float[8]));
            assertThrows(IllegalArgumentException.class,
                    () -> kernels.layerNorm(new float[4], 1, new float[4], new float[3], 0, new float[4]));
            assertThrows(IllegalArgumentException.class, () -> kernels.pack(1 << 20, 1 << 20, (_, _, _) -> {}));
            assertThrows(IllegalArgumentException.class, () -> kernels(0));
        }
    }

    private static double activation(Activation activation, double x) {
        return switch (activation) {
            case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
            case GELU -> 0.5 * x * (1 + ScalarKernels.erf(x / Math.sqrt(2)));
        };
    }

    private static float[] uniform(Random random, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = 2 * random.nextFloat() - 1;
        }
        return x;
    }

    private static float[] padded(int n) {
        float[] x = new float[n + PADDING];
        Arrays.fill(x, UNTOUCHED);
        return x;
    }

    private static void assertPaddingSurvives(float[] x, int n) {
        for (int i = n; i < x.length; i++) {
            assertEquals(UNTOUCHED, x[i], "element " + i + " past the end at " + n);
        }
    }
}
