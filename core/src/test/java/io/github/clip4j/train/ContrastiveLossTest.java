package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.kernels.Kernels;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Against the formula in float64, and its gradients against finite differences of that. */
class ContrastiveLossTest {
    private static final int WIDTH = 5;

    @Test
    void lossAndGradients() {
        try (Kernels kernels = Kernels.create(1)) {
            for (int n = 1; n <= 12; n++) {
                Random random = new Random(n);
                float[] images = unitRows(random, n);
                float[] texts = unitRows(random, n);
                boolean[] mixed = matches(random, n);
                float logitScale = 3 * random.nextFloat();
                for (boolean[] matches : List.of(pairs(n), mixed)) {
                    ContrastiveLoss.Result result = ContrastiveLoss.CLIP.compute(kernels, images, texts, matches,
                            logitScale);
                    Formula formula = new Formula(widen(images), widen(texts), n, matches);
                    String where = "n = " + n + ", only pairs match: " + (matches != mixed);
                    assertEquals(formula.loss(logitScale), result.loss().loss(), 1e-5, where);
                    assertEquals((formula.loss(logitScale + 1e-5) - formula.loss(logitScale - 1e-5)) / 2e-5,
                            result.dLogitScale(), 1e-5, "logit scale, " + where);
                    formula.checkGradient(formula.images, logitScale, result.dImages(), "images, " + where);
                    formula.checkGradient(formula.texts, logitScale, result.dTexts(), "texts, " + where);
                }
            }
        }
    }

    /** A caption belongs to its own image, a prompt to every image of its class. */
    @Test
    void promptsMatchTheirClass() {
        Batch batch = new Batch(new float[3], List.of(new int[1], new int[1], new int[1]), new int[]{7, 7, 8},
                new boolean[]{false, true, true});
        assertArrayEquals(pairs(3), batch.matches(false));
        assertArrayEquals(new boolean[]{true, true, false, false, true, false, false, false, true},
                batch.matches(true));
    }

    /** Two classes of two pairs; the third image looks like the first class. */
    @Test
    void accuracyTakesAnyMatch() {
        float[] a = {1, 0};
        float[] b = {0, 1};
        float[] images = rows(a, a, a, b);
        float[] texts = rows(a, a, b, b);
        Batch batch = new Batch(images, List.of(new int[1], new int[1], new int[1], new int[1]),
                new int[]{0, 0, 1, 1}, new boolean[]{true, true, true, true});
        try (Kernels kernels = Kernels.create(1)) {
            BatchLoss classes = ContrastiveLoss.CLIP.compute(kernels, images, texts, batch.matches(true), 1).loss();
            assertEquals(0.75, classes.imageAccuracy());
            assertEquals(1, classes.textAccuracy());
            BatchLoss pairs = ContrastiveLoss.CLIP.compute(kernels, images, texts, batch.matches(false), 1).loss();
            assertEquals(0.25, pairs.imageAccuracy()); // the first of equally similar ones is the best
            assertEquals(0.5, pairs.textAccuracy());
        }
    }

    @Test
    void clampOutOfRange() {
        for (double clamp : new double[]{-0.1, 89, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new ContrastiveLoss(clamp, false))
                    .getMessage();
            assertEquals("largest logit scale: expected a number from 0 to 88 (ln 100 = 4.605 is CLIP's), found "
                    + clamp, message);
        }
    }

    private static boolean[] pairs(int n) {
        return matches(null, n);
    }

    /** Each text's own image, and others at random. */
    private static boolean[] matches(Random random, int n) {
        boolean[] matches = new boolean[n * n];
        for (int i = 0; i < n * n; i++) {
            matches[i] = i / n == i % n || random != null && random.nextInt(3) == 0;
        }
        return matches;
    }

    /** The mean of both cross entropies, as it is written down. */
    private record Formula(double[] images, double[] texts, int n, boolean[] matches) {
        double loss(double logitScale) {
            double loss = 0;
            for (int i = 0; i < n; i++) {
                int row = i;
                loss += crossEntropy(i, images, texts, logitScale, j -> matches[row * n + j])
                        + crossEntropy(i, texts, images, logitScale, j -> matches[j * n + row]);
            }
            return loss / (2 * n);
        }

        /** Of row i of {@code from} over all rows of {@code to}. */
        private double crossEntropy(int i, double[] from, double[] to, double logitScale, IntPredicate match) {
            double all = 0;
            double own = 0;
            int owned = 0;
            for (int j = 0; j < n; j++) {
                double logit = 0;
                for (int d = 0; d < WIDTH; d++) {
                    logit += Math.exp(logitScale) * from[i * WIDTH + d] * to[j * WIDTH + d];
                }
                all += Math.exp(logit);
                if (match.test(j)) {
                    own += logit;
                    owned++;
                }
            }
            return Math.log(all) - own / owned;
        }

        /** @param x one of the arrays of this formula */
        void checkGradient(double[] x, double logitScale, float[] gradient, String where) {
            for (int i = 0; i < x.length; i++) {
                double kept = x[i];
                x[i] = kept + 1e-5;
                double above = loss(logitScale);
                x[i] = kept - 1e-5;
                double slope = (above - loss(logitScale)) / 2e-5;
                x[i] = kept;
                assertEquals(slope, gradient[i], 1e-5, where + ", element " + i);
            }
        }
    }

    private static float[] unitRows(Random random, int n) {
        float[] rows = new float[n * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        try (Kernels kernels = Kernels.scalar(1)) {
            kernels.normalize(rows, n, WIDTH);
        }
        return rows;
    }

    private static float[] rows(float[]... rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        return all;
    }

    private static double[] widen(float[] x) {
        double[] wide = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            wide[i] = x[i];
        }
        return wide;
    }
}
