package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScalarKernelsTest extends KernelsContract {
    @Override
    Kernels kernels(int threads) {
        return Kernels.scalar(threads);
    }

    /** Values from Abramowitz and Stegun, table 7.1, ten decimals. */
    @Test
    void errorFunction() {
        double[][] table = {{0, 0}, {0.5, 0.5204998778}, {1, 0.8427007929}, {1.5, 0.9661051465}, {2, 0.9953222650},
                {-1, -0.8427007929}, {7, 1}, {Double.NEGATIVE_INFINITY, -1}, {Double.NaN, Double.NaN}};
        for (double[] entry : table) {
            assertEquals(entry[1], ScalarKernels.erf(entry[0]), 5e-11, "erf(" + entry[0] + ")");
        }
    }
}
