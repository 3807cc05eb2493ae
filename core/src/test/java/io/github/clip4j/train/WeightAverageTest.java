package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightAverageTest {
    private static final int SIZE = 70_000; // more than one piece

    @Test
    void isTheWeightedMeanOfAllValues() {
        for (double decay : new double[]{0, 0.5, 0.999}) {
            float[] value = new float[SIZE];
            List<Parameter> parameters = List.of(new Parameter("w", List.of((long) SIZE), value, new float[SIZE]));
            List<float[]> history = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(1);
            try (Kernels kernels = Kernels.scalar(2)) {
                WeightAverage average = new WeightAverage(parameters, decay, kernels);
                assertThrows(IllegalStateException.class, average::swap);
                for (int n = 1; n <= 5; n++) {
                    for (int i = 0; i < SIZE; i++) {
                        value[i] = (float) random.nextDouble(-1, 1);
                    }
                    history.add(value.clone());
                    average.update();
                    average.swap();
                    for (int i = 0; i < SIZE; i++) {
                        double sum = 0;
                        double weights = 0;
                        for (int t = 0; t < n; t++) {
                            sum += Math.pow(decay, n - 1 - t) * history.get(t)[i];
                            weights += Math.pow(decay, n - 1 - t);
                        }
                        assertEquals(sum / weights, value[i], 5e-7, "decay " + decay + ", update " + n + ", " + i);
                    }
                    average.swap();
                    assertArrayEquals(history.getLast(), value);
                }
            }
        }
    }

    @Test
    void refusals() {
        try (Kernels kernels = Kernels.scalar(1)) {
            for (double decay : new double[]{-0.1, 1, Double.NaN}) {
                assertThrows(IllegalArgumentException.class, () -> new WeightAverage(List.of(), decay, kernels));
            }
        }
    }
}
