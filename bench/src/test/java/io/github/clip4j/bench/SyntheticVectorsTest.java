package io.github.clip4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SyntheticVectorsTest {
    @Test
    void vectorsAreOfUnitLengthAndAFunctionOfTheirNumber() {
        for (double decay : new double[]{0, 1}) {
            SyntheticVectors vectors = new SyntheticVectors(512, decay);
            for (long i = -3; i < 100; i++) {
                float[] vector = vectors.get(i);
                double squares = 0;
                for (float value : vector) {
                    squares += value * value;
                }
                assertEquals(1, squares, 1e-5, "decay " + decay + ", vector " + i);
                assertArrayEquals(vector, vectors.get(i), "decay " + decay + ", vector " + i);
            }
        }
    }

    /** Of 1,000 vectors, the mean square along the first and the 100th axis: as 100 to 1, within a third. */
    @Test
    void varianceFallsWithTheAxis() {
        SyntheticVectors vectors = new SyntheticVectors(512, 1);
        double first = 0;
        double hundredth = 0;
        for (long i = 0; i < 1000; i++) {
            float[] vector = vectors.get(i);
            first += vector[0] * vector[0];
            hundredth += vector[99] * vector[99];
        }
        double ratio = first / hundredth;
        assertTrue(ratio > 67 && ratio < 133, "ratio " + ratio);
    }
}
