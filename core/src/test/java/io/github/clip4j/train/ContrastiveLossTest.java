package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.kernels.Kernels;
import java.util.Random;
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
                int[] groups = random.ints(n, 0, n).toArray();
                float logitScale = 3 * random.nextFloat();
                for (boolean equalTextsMatch : new boolean[]{false, true}) {
                    ContrastiveLoss.Result result = new ContrastiveLoss(5, equalTextsMatch).compute(kernels, images,
                            texts, groups, logitScale);
                    Formula formula = new Formula(widen(images), widen(texts), groups, equalTextsMatch);
                    String where = "n = " + n + ", equal texts match: " + equalTextsMatch;
                    assertEquals(formula.loss(logitScale), result.loss().loss(), 1e-5, where);
                    assertEquals((formula.loss(logitScale + 1e-5) - formula.loss(logitScale - 1e-5)) / 2e-5,
                            result.dLogitScale(), 1e-5, "logit scale, " + where);
                    formula.checkGradient(formula.images, logitScale, result.dImages(), "images, " + where);
                    formula.checkGradient(formula.texts, logitScale, result.dTexts(), "texts, " + where);
                }
            }
        }
    }

    /** Two classes of two pairs; the third image looks like the first class. */
    @Test
    void accuracyTakesEqualTextsForOwn() {
        float[] a = {1, 0};
        float[] b = {0, 1};
        float[] images = rows(a, a, a, b);
        float[] texts = rows(a, a, b, b);
        try (Kernels kernels = Kernels.create(1)) {
            BatchLoss classes = ContrastiveLoss.CLIP.compute(kernels, images, texts, new int[]{0, 0, 1, 1}, 1).loss();
            assertEquals(0.75, classes.imageAccuracy());
            assertEquals(1, classes.textAccuracy());
            BatchLoss pairs = ContrastiveLoss.CLIP.compute(kernels, images, texts, new int[]{0, 1, 2, 3}, 1).loss();
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

    /** The mean of both cross entropies, as it is written down. */
    private record Formula(double[] images, double[] texts, int[] groups, boolean equalTextsMatch) {
        double loss(double logitScale) {
            double loss = 0;
            for (int i = 0; i < groups.length; i++) {
                loss += crossEntropy(i, images, texts, logitScale) + crossEntropy(i, texts, images, logitScale);
            }
            return loss / (2 * groups.length);
        }

        /** Of row i of {@code from} over all rows of {@code to}. */
        private double crossEntropy(int i, double[] from, double[] to, double logitScale) {
            double all = 0;
            double own = 0;
            int owned = 0;
            for (int j = 0; j < groups.length; j++) {
                double logit = 0;
                for (int d = 0; d < WIDTH; d++) {
                    logit += Math.exp(logitScale) * from[i * WIDTH + d] * to[j * WIDTH + d];
                }
                all += Math.exp(logit);
                if (equalTextsMatch ? groups[i] == groups[j] : i == j) {
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
