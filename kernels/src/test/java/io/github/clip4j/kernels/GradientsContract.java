package io.github.clip4j.kernels;

import java.util.Arrays;
import java.util.Random;

/** What the gradients of every implementation of {@link Kernels} owe. */
abstract class GradientsContract {
    /** Half the distance of 1 to the next float. */
    static final double U = Math.ulp(1f) / 2;
    /** Fills outputs before and after: what the shapes do not cover must survive. */
    private static final float UNTOUCHED = -12345.678f;
    private static final int PADDING = 70;

    abstract Kernels kernels(int threads);

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
        float[] x = new float[n + PADDING];
        Arrays.fill(x, UNTOUCHED);
        return x;
    }
}
