package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.kernels.Kernels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {
    private static final AdamW.Settings PLAIN = AdamW.Settings.DEFAULT;

    private static final String BLOCK = "vision_model.encoder.layers.0.mlp.fc1.";

    @TempDir
    Path folder;

    /** All optimisers, for what they have in common. */
    enum Kind {
        ADAMW((parameters, kernels) -> new AdamW(parameters, PLAIN, kernels)), ADAFACTOR(Adafactor::new),
        MUON((parameters, kernels) -> new Muon(parameters, PLAIN, 2, kernels));

        final BiFunction<List<Parameter>, Kernels, Optimizer> create;

        Kind(BiFunction<List<Parameter>, Kernels, Optimizer> create) {
            this.create = create;
        }
    }

    /**
     * Tensors of every kind: pieces of a large one, just factored and just not, more than two dimensions, and a matrix of
     * a block.
     */
    private static List<Parameter> parameters(long seed) {
        return List.of(parameter("logit_scale", seed),
                parameter("text_model.embeddings.token_embedding.weight", seed + 1, 600, 140),
                parameter("a.weight", seed + 2, 128, 131), parameter("b.weight", seed + 3, 127, 200),
                parameter("a.bias", seed + 4, 131), parameter("patch.weight", seed + 5, 130, 3, 4, 5),
                parameter(BLOCK + "weight", seed + 6, 40, 24));
    }

    private static Parameter parameter(String name, long seed, long... shape) {
        int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return new Parameter(name, Arrays.stream(shape).boxed().toList(), random(size, seed, 0.05), new float[size]);
    }

    private static float[] random(int size, long seed, double deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** Gradients of a step; rows of an embedding without any are 0. */
    private static void fillGradients(List<Parameter> parameters, int step, double deviation) {
        for (Parameter parameter : parameters) {
            float[] g = random(parameter.value().length, parameter.name().hashCode() + 31L * step, deviation);
            System.arraycopy(g, 0, parameter.gradient(), 0, g.length);
            if (parameter.name().contains("token_embedding")) {
                Arrays.fill(parameter.gradient(), 0, 300 * 140, 0);
            }
        }
    }

    private static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    private static double norm(List<Parameter> parameters) {
        double sum = 0;
        for (Parameter parameter : parameters) {
            for (float g : parameter.gradient()) {
                sum += (double) g * g;
            }
        }
        return Math.sqrt(sum);
    }

    /**
     * Each step rounds a value of at most 1/2 once, by 2^-26, and adds an update of at most 0.02 that is exact to a few
     * parts in 2^24.
     */
    private static void assertClose(double[] expected, Parameter parameter, int step) {
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(parameter.value()[i] - expected[i]);
            int at = i;
            assertTrue(error <= (step + 1) * 3e-8, () -> parameter.name() + "[" + at + "] after step " + step + ": "
                    + parameter.value()[at] + ", expected " + expected[at]);
        }
    }

    /** Gradients of a norm below the largest and above it. */
    @Test
    void adamWFollowsItsFormula() {
        for (double deviation : new double[]{1e-3, 1}) {
            for (boolean decayEmbeddings : new boolean[]{true, false}) {
                AdamW.Settings settings = new AdamW.Settings(0.9, 0.98, 1e-6, 0.1, decayEmbeddings, 1);
                List<Parameter> parameters = parameters(3);
                double[][] value = new double[parameters.size()][];
                double[][] m = new double[parameters.size()][];
                double[][] v = new double[parameters.size()][];
                for (int k = 0; k < value.length; k++) {
                    value[k] = doubles(parameters.get(k).value());
                    m[k] = new double[value[k].length];
                    v[k] = new double[value[k].length];
                }
                try (Kernels kernels = Kernels.scalar(2)) {
                    Optimizer optimizer = new AdamW(parameters, settings, kernels);
                    for (int step = 0; step < 6; step++) {
                        double rate = 1e-3 / (step + 1);
                        fillGradients(parameters, step, deviation);
                        double norm = norm(parameters);
                        double scale = norm < 1 ? 1 : 1 / norm;
                        for (int k = 0; k < value.length; k++) {
                            Parameter parameter = parameters.get(k);
                            boolean decays = parameter.shape().size() >= 2
                                    && (decayEmbeddings || !parameter.name().contains("embedding"));
                            for (int i = 0; i < value[k].length; i++) {
                                double g = parameter.gradient()[i] * scale;
                                m[k][i] = 0.9 * m[k][i] + 0.1 * g;
                                v[k][i] = 0.98 * v[k][i] + 0.02 * g * g;
                                double mHat = m[k][i] / (1 - Math.pow(0.9, step + 1));
                                double vHat = v[k][i] / (1 - Math.pow(0.98, step + 1));
                                value[k][i] -= rate
                                        * (mHat / (Math.sqrt(vHat) + 1e-6) + (decays ? 0.1 * value[k][i] : 0));
                            }
                        }
                        assertEquals(norm, optimizer.step(rate), 1e-9 * norm, "step " + step);
                        for (int k = 0; k < value.length; k++) {
                            assertClose(value[k], parameters.get(k), step);
                        }
                    }
                }
            }
        }
    }

    @Test
    void adafactorFollowsItsFormula() {
        List<Parameter> parameters = parameters(4);
        double[][] value = new double[parameters.size()][];
        double[][] rows = new double[parameters.size()][];
        double[][] columns = new double[parameters.size()][];
        for (int k = 0; k < value.length; k++) {
            value[k] = doubles(parameters.get(k).value());
            // a tensor that is not factored is one row of means, each a column
            boolean factored = List.of("text_model.embeddings.token_embedding.weight", "a.weight")
                    .contains(parameters.get(k).name());
            rows[k] = new double[factored ? parameters.get(k).shape().getFirst().intValue() : 1];
            columns[k] = new double[value[k].length / rows[k].length];
        }
        try (Kernels kernels = Kernels.scalar(2)) {
            Optimizer optimizer = new Adafactor(parameters, kernels);
            for (int step = 0; step < 6; step++) {
                fillGradients(parameters, step, step == 3 ? 1e-2 : 1e-3); // an update that is clipped
                double decay = 1 - Math.pow(step + 1, -0.8);
                for (int k = 0; k < value.length; k++) {
                    adafactorStep(doubles(parameters.get(k).gradient()), value[k], rows[k], columns[k], decay, 1e-2);
                }
                optimizer.step(1e-2);
                for (int k = 0; k < value.length; k++) {
                    assertClose(value[k], parameters.get(k), step);
                }
            }
        }
    }

    private static void adafactorStep(double[] g, double[] value, double[] rows, double[] columns, double decay,
            double rate) {
        int width = columns.length;
        double[] rowMeans = new double[rows.length];
        double[] columnMeans = new double[width];
        for (int i = 0; i < g.length; i++) {
            rowMeans[i / width] += (g[i] * g[i] + 1e-30) / width;
            columnMeans[i % width] += (g[i] * g[i] + 1e-30) / rows.length;
        }
        for (int r = 0; r < rows.length; r++) {
            rows[r] = decay * rows[r] + (1 - decay) * rowMeans[r];
        }
        for (int c = 0; c < width; c++) {
            columns[c] = decay * columns[c] + (1 - decay) * columnMeans[c];
        }
        double mean = Arrays.stream(rows).average().orElseThrow();
        double[] update = new double[g.length];
        double squares = 0;
        double weights = 0;
        for (int i = 0; i < g.length; i++) {
            update[i] = g[i] / Math.sqrt(rows[i / width] / mean * columns[i % width]);
            squares += update[i] * update[i] / g.length;
            weights += value[i] * value[i] / g.length;
        }
        for (int i = 0; i < g.length; i++) {
            value[i] -= rate * Math.max(1e-3, Math.sqrt(weights)) * update[i] / Math.max(1, Math.sqrt(squares));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyNumberOfThreadsGivesTheSameBits(Kind kind) {
        List<Parameter> alone = parameters(5);
        List<Parameter> shared = parameters(5);
        try (Kernels one = Kernels.scalar(1); Kernels three = Kernels.scalar(3)) {
            Optimizer first = kind.create.apply(alone, one);
            Optimizer second = kind.create.apply(shared, three);
            for (int step = 0; step < 4; step++) {
                fillGradients(alone, step, 1);
                fillGradients(shared, step, 1);
                assertEquals(first.step(1e-3), second.step(1e-3));
            }
        }
        assertSame(alone, shared);
    }

    private static void assertSame(List<Parameter> expected, List<Parameter> found) {
        for (int k = 0; k < expected.size(); k++) {
            assertArrayEquals(expected.get(k).value(), found.get(k).value(), expected.get(k).name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestoredOptimizerGoesOnWithTheSameBits(Kind kind) {
        List<Parameter> straight = parameters(6);
        List<Parameter> resumed = parameters(6);
        Path file = folder.resolve("state.safetensors");
        try (Kernels kernels = Kernels.scalar(2)) {
            run(kind.create.apply(straight, kernels), straight, 0, 5);
            Optimizer first = kind.create.apply(resumed, kernels);
            run(first, resumed, 0, 2);
            SafetensorsWriter.write(file, first.state(), Map.of());
            Optimizer second = kind.create.apply(resumed, kernels);
            try (Checkpoint state = Checkpoint.open(file)) {
                second.restore(state);
            }
            run(second, resumed, 2, 5);
        }
        assertSame(straight, resumed);
    }

    private static void run(Optimizer optimizer, List<Parameter> parameters, int from, int to) {
        for (int step = from; step < to; step++) {
            fillGradients(parameters, step, 1);
            optimizer.step(1e-3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreZeroAfterAStep(Kind kind) {
        List<Parameter> parameters = parameters(7);
        try (Kernels kernels = Kernels.scalar(2)) {
            run(kind.create.apply(parameters, kernels), parameters, 0, 1);
        }
        assertEquals(0, norm(parameters));
    }

    @ParameterizedTest
    @EnumSource
    void aGradientThatIsNotFiniteChangesNothing(Kind kind) {
        for (float wrong : new float[]{Float.NaN, Float.POSITIVE_INFINITY}) {
            List<Parameter> parameters = parameters(8);
            try (Kernels kernels = Kernels.scalar(2)) {
                Optimizer optimizer = kind.create.apply(parameters, kernels);
                fillGradients(parameters, 0, 1);
                parameters.get(4).gradient()[77] = wrong;
                ArithmeticException e = assertThrows(ArithmeticException.class, () -> optimizer.step(1e-3));
                assertTrue(e.getMessage().contains(Float.toString(wrong)), e.getMessage());
                assertSame(parameters(8), parameters);
                run(optimizer, parameters, 0, 1);
            }
            List<Parameter> expected = parameters(8);
            try (Kernels kernels = Kernels.scalar(2)) {
                run(kind.create.apply(expected, kernels), expected, 0, 1);
            }
            assertSame(expected, parameters);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStateOfAnotherRunIsRefused(Kind kind) {
        Path file = folder.resolve("state.safetensors");
        try (Kernels kernels = Kernels.scalar(1)) {
            List<Parameter> some = Stream.concat(parameters(9).stream().limit(3), parameters(9).stream().skip(6))
                    .toList();
            SafetensorsWriter.write(file, kind.create.apply(some, kernels).state(), Map.of());
            try (Checkpoint state = Checkpoint.open(file)) {
                Optimizer more = kind.create.apply(parameters(9), kernels);
                assertMessage("there is no tensor", assertThrows(CheckpointException.class, () -> more.restore(state)));
                for (Kind other : Kind.values()) {
                    if (other != kind) {
                        Optimizer another = other.create.apply(some, kernels);
                        assertMessage("there is no tensor",
                                assertThrows(CheckpointException.class, () -> another.restore(state)));
                    }
                }
                Optimizer wider = kind.create.apply(List.of(parameter("a.weight", 1, 128, 132)), kernels);
                assertMessage("has the shape", assertThrows(CheckpointException.class, () -> wider.restore(state)));
            }
        }
    }

    private void assertMessage(String part, CheckpointException e) {
        assertTrue(e.getMessage().contains("state.safetensors") && e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void anInfiniteLargestNormNeverClips() {
        List<Parameter> clipped = parameters(10);
        List<Parameter> free = parameters(10);
        AdamW.Settings settings = new AdamW.Settings(0, 0, 1e-6, 0, true, Double.POSITIVE_INFINITY);
        try (Kernels kernels = Kernels.scalar(1)) {
            run(new AdamW(clipped, new AdamW.Settings(0, 0, 1e-6, 0, true, 1e-6), kernels), clipped, 0, 1);
            run(new AdamW(free, settings, kernels), free, 0, 1);
        }
        // without means of the past an update is g / (|g| + epsilon), the sign of g unless g is clipped to below epsilon
        float[] before = parameters(10).get(4).value();
        assertEquals(1e-3, Math.abs(free.get(4).value()[0] - before[0]), 1e-7);
        assertNotEquals(1e-3, Math.abs(clipped.get(4).value()[0] - before[0]), 5e-4);
    }

    @Test
    void settingsOutOfBoundsAreNamed() {
        assertArgument("beta1 is 1.0", () -> new AdamW.Settings(1, 0.98, 1e-6, 0.1, true, 1));
        assertArgument("beta2 is -0.1", () -> new AdamW.Settings(0.9, -0.1, 1e-6, 0.1, true, 1));
        assertArgument("epsilon is 0.0", () -> new AdamW.Settings(0.9, 0.98, 0, 0.1, true, 1));
        assertArgument("weight decay is NaN", () -> new AdamW.Settings(0.9, 0.98, 1e-6, Double.NaN, true, 1));
        assertArgument("norm is 0.0", () -> new AdamW.Settings(0.9, 0.98, 1e-6, 0.1, true, 0));
    }

    private static void assertArgument(String part, Executable executable) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, executable);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
