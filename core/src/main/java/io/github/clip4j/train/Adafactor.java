package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adam without a mean of gradients, that keeps of the mean of their squares V only the means R of its rows and C of its
 * columns, and takes steps in proportion to the size of the weights. At step t = 1, 2, ... for each tensor p
 *
 * <pre>
 * β = 1 - t^-0.8                              decayExponent 0.8
 * R = β R + (1 - β) rowMeans(g² + ε)          C likewise; V itself for tensors that are not factored
 * u = g / sqrt(R Cᵀ / mean(R))                g / sqrt(V)
 * p = p - learningRate * max(rms(p), 0.001) * u / max(1, rms(u))
 * </pre>
 *
 * Matrices whose two sides are both 128 or more are factored. These are the defaults of {@code optax.adafactor}. It
 * would also factor a patch embedding [hidden, channels, size, size], but only if patches were 128 pixels wide; here
 * that one never is. Source: Shazeer, Stern: Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, 2018 (arXiv
 * 1804.04235).
 */
public final class Adafactor implements Optimizer {
    private static final String STEPS = "adafactor.steps";
    private static final double DECAY_EXPONENT = 0.8;
    private static final int LEAST_FACTORED = 128;
    private static final double LEAST_SCALE = 1e-3;
    private static final double CLIPPING_THRESHOLD = 1;
    private static final double EPSILON = 1e-30;

    private final Kernels kernels;
    private final List<Parameter> parameters;
    private final List<Piece> pieces;
    private final Map<Parameter, SecondMoment> moments = new LinkedHashMap<>();
    private long steps;

    /** An optimiser at its first step. */
    public Adafactor(List<Parameter> trained, Kernels kernels) {
        this.kernels = kernels;
        this.parameters = List.copyOf(trained);
        this.pieces = Piece.of(parameters);
        parameters.forEach(parameter -> moments.put(parameter, SecondMoment.of(parameter)));
    }

    @Override
    public double step(double learningRate) {
        double norm = GradientNorm.of(pieces, kernels);
        steps++;
        double decay = 1 - Math.pow(steps, -DECAY_EXPONENT);
        kernels.parallel(parameters.size(), i -> update(parameters.get(i), decay, learningRate));
        return norm;
    }

    private void update(Parameter parameter, double decay, double learningRate) {
        float[] value = parameter.value();
        float[] update = parameter.gradient(); // becomes the update in its place
        moments.get(parameter).scale(update, decay);
        double clip = Math.max(1, rms(update) / CLIPPING_THRESHOLD);
        float rate = (float) (learningRate * Math.max(rms(value), LEAST_SCALE) / clip);
        for (int i = 0; i < value.length; i++) {
            value[i] -= rate * update[i];
            update[i] = 0;
        }
    }

    private static double rms(float[] x) {
        return Math.sqrt(GradientNorm.sumOfSquares(x, 0, x.length) / x.length);
    }

    /** The running mean of squared gradients of a tensor. */
    private sealed interface SecondMoment {
        static SecondMoment of(Parameter parameter) {
            List<Long> shape = parameter.shape();
            return shape.size() == 2 && shape.stream().allMatch(side -> side >= LEAST_FACTORED)
                    ? new Factored(new float[Math.toIntExact(shape.get(0))], new float[Math.toIntExact(shape.get(1))])
                    : new Whole(new float[parameter.value().length]);
        }

        /** Takes a gradient in and divides it by the root of the mean. */
        void scale(float[] gradient, double decay);

        /** What is kept, by the name of the part. */
        SortedMap<String, float[]> parts();
    }

    private record Whole(float[] mean) implements SecondMoment {
        @Override
        public void scale(float[] gradient, double decay) {
            float keep = (float) decay;
            float rest = (float) (1 - decay);
            float epsilon = (float) EPSILON;
            for (int i = 0; i < mean.length; i++) {
                float g = gradient[i];
                float v = keep * mean[i] + rest * (g * g + epsilon);
                mean[i] = v;
                gradient[i] = g / (float) Math.sqrt(v);
            }
        }

        @Override
        public SortedMap<String, float[]> parts() {
            return new TreeMap<>(Map.of("mean", mean));
        }
    }

    private record Factored(float[] rows, float[] columns) implements SecondMoment {
        @Override
        public void scale(float[] gradient, double decay) {
            int width = columns.length;
            double[] columnSums = new double[width];
            double rowMeans = 0;
            for (int r = 0; r < rows.length; r++) {
                double sum = 0;
                for (int c = 0; c < width; c++) {
                    double g = gradient[r * width + c];
                    sum += g * g;
                    columnSums[c] += g * g;
                }
                rows[r] = (float) (decay * rows[r] + (1 - decay) * (sum / width + EPSILON));
                rowMeans += rows[r];
            }
            float[] columnScale = new float[width];
            for (int c = 0; c < width; c++) {
                columns[c] = (float) (decay * columns[c] + (1 - decay) * (columnSums[c] / rows.length + EPSILON));
                columnScale[c] = (float) (1 / Math.sqrt(columns[c]));
            }
            for (int r = 0; r < rows.length; r++) {
                float rowScale = (float) Math.sqrt(rowMeans / rows.length / rows[r]);
                for (int c = 0; c < width; c++) {
                    gradient[r * width + c] *= rowScale * columnScale[c];
                }
            }
        }

        @Override
        public SortedMap<String, float[]> parts() {
            return new TreeMap<>(Map.of("rows", rows, "columns", columns));
        }
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = new ArrayList<>();
        state.add(Tensor.of(STEPS, steps));
        moments.forEach((parameter, moment) -> moment.parts().forEach((part, values) -> state
                .add(Tensor.of(name(part, parameter), values, values.length))));
        return state;
    }

    @Override
    public void restore(Checkpoint state) {
        steps = StateTensors.count(state, STEPS);
        moments.forEach((parameter, moment) -> moment.parts()
                .forEach((part, values) -> StateTensors.read(state, name(part, parameter), values)));
    }

    private static String name(String part, Parameter parameter) {
        return "adafactor." + part + "." + parameter.name();
    }
}
