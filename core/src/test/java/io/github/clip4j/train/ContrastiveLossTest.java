package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.kernels.Kernels;
import java.util.Collections;
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
                Batch batch = batch(random, n);
                float logitScale = 3 * random.nextFloat();
                for (ContrastiveLoss kind : List.of(ContrastiveLoss.CLIP, new ContrastiveLoss(5, true, null),
                        new ContrastiveLoss(5, true, 0.4))) {
                    ContrastiveLoss.Result result = kind.compute(kernels, images, texts, batch, logitScale);
                    Formula formula = new Formula(widen(images), widen(texts), batch, kind);
                    String where = "n = " + n + ", " + kind;
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
        assertArrayEquals(new boolean[]{true, false, false, false, true, false, false, false, true},
                batch.matches(false));
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
            BatchLoss classes = new ContrastiveLoss(5, true, null).compute(kernels, images, texts, batch, 1).loss();
            assertEquals(0.75, classes.imageAccuracy());
            assertEquals(1, classes.textAccuracy());
            BatchLoss pairs = ContrastiveLoss.CLIP.compute(kernels, images, texts, batch, 1).loss();
            assertEquals(0.25, pairs.imageAccuracy()); // the first of equally similar ones is the best
            assertEquals(0.5, pairs.textAccuracy());
        }
    }

    /** An image with a caption and two prompts of its class: 0.7 of it is the caption's, 0.15 each prompt's. */
    @Test
    void aCaptionKeepsItsShare() {
        float[] a = {1, 0};
        float[] b = {0, 1};
        float[] images = rows(a, a, a);
        float[] texts = rows(b, a, a);
        Batch batch = new Batch(new float[3], Collections.nCopies(3, new int[1]), new int[3],
                new boolean[]{false, true, true});
        try (Kernels kernels = Kernels.create(1)) {
            double all = Math.log(1 + 2 * Math.E); // of logits 0, 1 and 1
            double texted = Math.log(3); // of each text all images are as similar
            double ofImages = 0.7 * all + 0.3 * (all - 1) + 2 * (all - 1);
            double found = new ContrastiveLoss(5, true, 0.3).compute(kernels, images, texts, batch, 0).loss().loss();
            assertEquals((ofImages / 3 + texted) / 2, found, 1e-6);
        }
    }

    @Test
    void outOfRange() {
        for (double clamp : new double[]{-0.1, 89, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new ContrastiveLoss(clamp, false, null))
                    .getMessage();
            assertEquals("largest logit scale: expected a number from 0 to 88 (ln 100 = 4.605 is CLIP's), found "
                    + clamp, message);
        }
        for (double share : new double[]{0, 1, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new ContrastiveLoss(4, true, share))
                    .getMessage();
            assertEquals(
                    "share of matching prompts: expected more than 0 and less than 1, and prompts that match, found "
                            + share,
                    message);
        }
        assertThrows(IllegalArgumentException.class, () -> new ContrastiveLoss(4, false, 0.5));
    }

    /** Pairs of three classes, of whose texts about half are prompts. */
    private static Batch batch(Random random, int n) {
        boolean[] prompts = new boolean[n];
        for (int i = 0; i < n; i++) {
            prompts[i] = random.nextBoolean();
        }
        return new Batch(new float[n], Collections.nCopies(n, new int[1]), random.ints(n, 0, 3).toArray(), prompts);
    }

    /** The mean of both cross entropies, as it is written down. */
    private record Formula(double[] images, double[] texts, Batch batch, ContrastiveLoss kind) {
        double loss(double logitScale) {
            double loss = 0;
            int n = batch.size();
            for (int i = 0; i < n; i++) {
                int row = i;
                loss += crossEntropy(i, images, texts, logitScale, j -> belong(row, j),
                        kind.promptsShare() != null && !batch.prompts()[i])
                        + crossEntropy(i, texts, images, logitScale, j -> belong(j, row), false);
            }
            return loss / (2 * n);
        }

        private boolean belong(int image, int text) {
            return image == text || kind.promptsMatch() && batch.prompts()[text]
                    && batch.classes()[image] == batch.classes()[text];
        }

        /**
         * Of row i of {@code from} over all rows of {@code to}.
         *
         * @param apart whether the row's own text has a share of its own, if others match
         */
        private double crossEntropy(int i, double[] from, double[] to, double logitScale, IntPredicate match,
                boolean apart) {
            double all = 0;
            double own = 0;
            double others = 0;
            int other = 0;
            for (int j = 0; j < batch.size(); j++) {
                double logit = 0;
                for (int d = 0; d < WIDTH; d++) {
                    logit += Math.exp(logitScale) * from[i * WIDTH + d] * to[j * WIDTH + d];
                }
                all += Math.exp(logit);
                if (i == j) {
                    own = logit;
                } else if (match.test(j)) {
                    others += logit;
                    other++;
                }
            }
            double share = apart && other > 0 ? kind.promptsShare() / other : 1.0 / (1 + other);
            return Math.log(all) - (1 - share * other) * own - share * others;
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
