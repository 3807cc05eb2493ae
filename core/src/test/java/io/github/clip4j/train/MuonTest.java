package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.kernels.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
    private static final String BLOCK = "text_model.encoder.layers.1.self_attn.q_proj.";
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.98, 1e-6, 0.1, true, 1);

    private static float[] random(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Parameter parameter(String name, long seed, long... shape) {
        int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return new Parameter(name, Arrays.stream(shape).boxed().toList(), random(size, seed), new float[size]);
    }

    /** Five iterations in doubles, written as the formula: {@code X = a X + b (X Xᵀ) X + c (X Xᵀ)² X}. */
    private static double[] orthogonal(double[] x, int rows, int columns) {
        double norm = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum()) + 1e-7;
        double[] y = Arrays.stream(x).map(v -> v / norm).toArray();
        for (int k = 0; k < 5; k++) {
            double[] cubic = product(product(y, rows, columns, transpose(y, rows, columns), rows), rows, rows, y,
                    columns);
            double[] quintic = product(product(y, rows, columns, transpose(y, rows, columns), rows), rows, rows, cubic,
                    columns);
            for (int i = 0; i < y.length; i++) {
                y[i] = 3.4445 * y[i] - 4.775 * cubic[i] + 2.0315 * quintic[i];
            }
        }
        return y;
    }

    /** a [m, k] · b [k, n]. */
    private static double[] product(double[] a, int m, int k, double[] b, int n) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    c[i * n + j] += a[i * k + p] * b[p * n + j];
                }
            }
        }
        return c;
    }

    private static double[] transpose(double[] x, int rows, int columns) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i % columns * rows + i / columns] = x[i];
        }
        return y;
    }

    private static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        Arrays.setAll(y, i -> x[i]);
        return y;
    }

    /**
     * An iteration multiplies the error before it by 3.4445 at most, so the first rounding, of a few parts in 2^24, is
     * 500 times as large in the end.
     */
    @ParameterizedTest
    @CsvSource({"1, 1", "24, 40", "40, 24", "33, 33", "1, 50", "50, 1", "192, 64"})
    void orthogonalMatrices(int rows, int columns) {
        float[] x = random(rows * columns, 31L * rows + columns);
        double[] expected = orthogonal(doubles(x), rows, columns);
        float[] kept = x.clone();
        try (Kernels scalar = Kernels.scalar(1); Kernels vector = Kernels.create(2)) {
            for (Kernels kernels : List.of(scalar, vector)) {
                float[] found = new Orthogonal(kernels).of(x, rows, columns);
                for (int i = 0; i < found.length; i++) {
                    assertEquals(expected[i], found[i], 1e-4, rows + " x " + columns + " at " + i + ", "
                            + kernels.description());
                }
                assertArrayEquals(kept, x, "the input stays");
            }
        }
    }

    /** A matrix with known singular values: they come out between 0.68 and 1.21, on the same vectors. */
    @Test
    void singularValuesBecomeAboutOne() {
        int n = 16;
        float[] diagonal = new float[n * n];
        for (int i = 0; i < n; i++) {
            diagonal[i * n + (i + 3) % n] = (float) Math.pow(0.7, i); // from 1 to 0.005
        }
        try (Kernels kernels = Kernels.scalar(1)) {
            float[] found = new Orthogonal(kernels).of(diagonal, n, n);
            for (int i = 0; i < n * n; i++) {
                boolean inside = i % n == (i / n + 3) % n;
                float value = found[i];
                assertTrue(inside ? value > 0.68 && value < 1.21 : Math.abs(value) < 1e-6, i + ": " + value);
            }
        }
    }

    @Test
    void aZeroMatrixStaysZero() {
        try (Kernels kernels = Kernels.scalar(1)) {
            assertArrayEquals(new float[12], new Orthogonal(kernels).of(new float[12], 3, 4));
        }
    }

    /** Matrices of blocks by the formula, the others as AdamW alone does them, with gradients below and above the norm. */
    @Test
    void followsItsFormula() {
        List<Parameter> all = List.of(parameter(BLOCK + "weight", 1, 12, 20), parameter(BLOCK + "bias", 2, 12),
                parameter("text_projection.weight", 3, 7, 20));
        List<Parameter> rest = List.of(parameter(BLOCK + "bias", 2, 12), parameter("text_projection.weight", 3, 7, 20));
        Parameter matrix = all.getFirst();
        double[] value = doubles(matrix.value());
        double[] momentum = new double[value.length];
        try (Kernels kernels = Kernels.scalar(2)) {
            Muon muon = new Muon(all, SETTINGS, 3, kernels);
            AdamW adamW = new AdamW(rest, SETTINGS, kernels);
            for (int step = 0; step < 6; step++) {
                double scale = step % 2 == 0 ? 1e-3 : 1;
                double norm = 0;
                for (Parameter parameter : all) {
                    float[] g = random(parameter.value().length, parameter.name().hashCode() + step);
                    for (int i = 0; i < g.length; i++) {
                        parameter.gradient()[i] = (float) scale * g[i];
                        norm += (double) parameter.gradient()[i] * parameter.gradient()[i];
                    }
                }
                float clip = (float) Math.min(1, 1 / Math.sqrt(norm));
                for (int i = 0; i < 2; i++) {
                    System.arraycopy(all.get(i + 1).gradient(), 0, rest.get(i).gradient(), 0,
                            rest.get(i).gradient().length);
                }
                double[] nesterov = new double[value.length];
                for (int i = 0; i < value.length; i++) {
                    double g = matrix.gradient()[i] * clip;
                    momentum[i] = 0.95 * momentum[i] + 0.05 * g;
                    nesterov[i] = 0.05 * g + 0.95 * momentum[i];
                }
                double[] direction = orthogonal(nesterov, 12, 20);
                for (int i = 0; i < value.length; i++) {
                    value[i] -= 3e-3 * (0.2 * Math.sqrt(20) * direction[i] + 0.1 * value[i]);
                }
                assertEquals(Math.sqrt(norm), muon.step(1e-3), 1e-9 * Math.sqrt(norm), "step " + step);
                adamW.step(1e-3, clip);
                // a value below 4 is rounded by 2^-23 at most, a direction is exact to 1e-4
                for (int i = 0; i < value.length; i++) {
                    assertEquals(value[i], matrix.value()[i], (step + 1) * 6e-7, "step " + step + " at " + i);
                }
                for (int i = 0; i < 2; i++) {
                    assertArrayEquals(rest.get(i).value(), all.get(i + 1).value(), rest.get(i).name());
                }
            }
        }
    }

    @Test
    void aFactorThatIsNotPositiveIsNamed() {
        try (Kernels kernels = Kernels.scalar(1)) {
            for (double factor : new double[]{0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
                String message = assertThrows(IllegalArgumentException.class,
                        () -> new Muon(List.of(), SETTINGS, factor, kernels)).getMessage();
                assertTrue(message.contains("learning rate is " + factor), message);
            }
        }
    }
}
