package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.kernels.Kernels;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
    private static final int DIMENSION = 24;
    private static final int CLASSES = 5;

    /** Unit vectors around a direction for each class. */
    private static float[] embeddings(int[] labels, double noise, long seed) {
        Random directions = new Random(1);
        double[] centres = directions.doubles(CLASSES * DIMENSION, -1, 1).toArray();
        Random random = new Random(seed);
        float[] embeddings = new float[labels.length * DIMENSION];
        for (int i = 0; i < labels.length; i++) {
            double squares = 0;
            for (int d = 0; d < DIMENSION; d++) {
                double value = centres[labels[i] * DIMENSION + d] + noise * random.nextGaussian();
                embeddings[i * DIMENSION + d] = (float) value;
                squares += value * value;
            }
            for (int d = 0; d < DIMENSION; d++) {
                embeddings[i * DIMENSION + d] /= (float) Math.sqrt(squares);
            }
        }
        return embeddings;
    }

    private static int[] labels(int n) {
        return new Random(n).ints(n, 0, CLASSES).toArray();
    }

    @Test
    void tellsClassesApartThatAreApart() {
        int[] train = labels(200);
        int[] valid = labels(100);
        try (Kernels kernels = Kernels.create(2); Kernels one = Kernels.create(1)) {
            LinearProbe probe = LinearProbe.fit(embeddings(train, 0.3, 2), train, CLASSES,
                    LinearProbe.Settings.DEFAULT, kernels);
            assertTrue(probe.accuracy(embeddings(valid, 0.3, 3), valid, kernels) > 0.97);
            assertArrayEquals(probe.weights(), LinearProbe.fit(embeddings(train, 0.3, 2), train, CLASSES,
                    LinearProbe.Settings.DEFAULT, one).weights());
        }
    }

    /** At the minimum without decay the gradient is zero: each class is predicted as often as it comes. */
    @Test
    void biasesAreThoseOfTheMinimum() {
        int[] labels = labels(300);
        float[] embeddings = embeddings(labels, 2, 4); // far from separable, so that there is a minimum
        try (Kernels kernels = Kernels.create(1)) {
            LinearProbe probe = LinearProbe.fit(embeddings, labels, CLASSES,
                    new LinearProbe.Settings(2000, 0.01, 0), kernels);
            double[] predicted = new double[CLASSES];
            for (int i = 0; i < labels.length; i++) {
                double[] exp = new double[CLASSES];
                double sum = 0;
                for (int c = 0; c < CLASSES; c++) {
                    double logit = probe.biases()[c];
                    for (int d = 0; d < DIMENSION; d++) {
                        logit += Math.sqrt(DIMENSION) * embeddings[i * DIMENSION + d]
                                * probe.weights()[c * DIMENSION + d];
                    }
                    exp[c] = Math.exp(logit);
                    sum += exp[c];
                }
                predicted[labels[i]] -= 1;
                for (int c = 0; c < CLASSES; c++) {
                    predicted[c] += exp[c] / sum;
                }
            }
            for (int c = 0; c < CLASSES; c++) {
                assertEquals(0, predicted[c] / labels.length, 1e-4, "class " + c);
            }
        }
    }
}
