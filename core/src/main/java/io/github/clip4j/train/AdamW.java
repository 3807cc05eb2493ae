package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with decoupled weight decay, after the gradient was scaled down to a largest norm. At step t = 1, 2, ...
 *
 * <pre>
 * g = g * min(1, maxGradientNorm / norm)      norm over all parameters
 * m = β₁ m + (1 - β₁) g
 * v = β₂ v + (1 - β₂) g²
 * p = p - learningRate * (m / (1 - β₁ᵗ) / (sqrt(v / (1 - β₂ᵗ)) + ε) + weightDecay * p)
 * </pre>
 *
 * The decay is only of tensors of two or more dimensions. Sources: Loshchilov, Hutter: Decoupled Weight Decay
 * Regularization, 2019 (arXiv 1711.05101); {@code chain(clip_by_global_norm, adamw)} of optax.
 */
public final class AdamW implements Optimizer {
    private static final String STEPS = "adamw.steps";

    private final Settings settings;
    private final Kernels kernels;
    private final List<Parameter> parameters;
    private final List<Piece> pieces;
    private final Map<Parameter, Moments> moments = new LinkedHashMap<>();
    private long steps;

    /**
     * What can be chosen.
     *
     * @param beta1 how much of the mean of the gradient is kept in a step
     * @param beta2 how much of the mean of its square is kept in a step
     * @param epsilon added to the root of that mean
     * @param weightDecay the share of a weight that is taken off in a step, times the learning rate
     * @param decayEmbeddings whether token and position embeddings decay, too
     * @param maxGradientNorm above which the gradient is scaled down; infinite for never
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay, boolean decayEmbeddings,
            double maxGradientNorm) {
        /** The moments and ε of the CLIP paper (table 18, ViT), with a weight decay of 0.1. */
        public static final Settings DEFAULT = new Settings(0.9, 0.98, 1e-6, 0.1, true, 1);

        /** @throws IllegalArgumentException naming the setting that is out of bounds */
        public Settings {
            check(beta1 >= 0 && beta1 < 1, "beta1", beta1, "0 or more, less than 1");
            check(beta2 >= 0 && beta2 < 1, "beta2", beta2, "0 or more, less than 1");
            check(epsilon > 0 && epsilon < 1, "epsilon", epsilon, "between 0 and 1");
            check(weightDecay >= 0 && weightDecay < 1e3, "weight decay", weightDecay, "0 to 1000");
            check(maxGradientNorm > 0, "largest gradient norm", maxGradientNorm, "more than 0");
        }

        private static void check(boolean condition, String name, double found, String expected) {
            if (!condition) {
                throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
            }
        }

        /** The factor that takes a gradient of a norm down to the largest. */
        float clip(double norm) {
            return (float) Math.min(1, maxGradientNorm / norm);
        }

        private boolean decays(Parameter parameter) {
            boolean embedding = parameter.name().endsWith("token_embedding.weight")
                    || parameter.name().endsWith("position_embedding.weight");
            return parameter.shape().size() >= 2 && (decayEmbeddings || !embedding);
        }
    }

    private record Moments(float[] first, float[] second) {}

    /** An optimiser at its first step. */
    public AdamW(List<Parameter> trained, Settings settings, Kernels kernels) {
        this.settings = settings;
        this.kernels = kernels;
        this.parameters = List.copyOf(trained);
        this.pieces = Piece.of(parameters);
        for (Parameter parameter : parameters) {
            int size = parameter.value().length;
            moments.put(parameter, new Moments(new float[size], new float[size]));
        }
    }

    @Override
    public double step(double learningRate) {
        double norm = GradientNorm.of(pieces, kernels);
        step(learningRate, settings.clip(norm));
        return norm;
    }

    /** A step along a gradient that is scaled by a factor, and was found to be finite. */
    void step(double learningRate, float clip) {
        steps++;
        kernels.parallel(pieces.size(), i -> update(pieces.get(i), clip, (float) learningRate));
    }

    /** One pass over memory, which is what takes the time: gradients are set to zero in it as well. */
    private void update(Piece piece, float clip, float learningRate) {
        float beta1 = (float) settings.beta1();
        float beta2 = (float) settings.beta2();
        float rest1 = (float) (1 - settings.beta1());
        float rest2 = (float) (1 - settings.beta2());
        float unbias1 = (float) (1 / (1 - Math.pow(settings.beta1(), steps)));
        float unbias2 = (float) (1 / (1 - Math.pow(settings.beta2(), steps)));
        float epsilon = (float) settings.epsilon();
        float decay = settings.decays(piece.parameter()) ? (float) settings.weightDecay() : 0;
        float[] value = piece.parameter().value();
        float[] gradient = piece.parameter().gradient();
        float[] first = moments.get(piece.parameter()).first();
        float[] second = moments.get(piece.parameter()).second();
        for (int i = piece.from(); i < piece.to(); i++) {
            float g = gradient[i] * clip;
            float m = beta1 * first[i] + rest1 * g;
            float v = beta2 * second[i] + rest2 * (g * g);
            float adam = m * unbias1 / ((float) Math.sqrt(v * unbias2) + epsilon);
            value[i] -= learningRate * (adam + decay * value[i]);
            first[i] = m;
            second[i] = v;
            gradient[i] = 0;
        }
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = new ArrayList<>();
        state.add(Tensor.of(STEPS, steps));
        moments.forEach((parameter, both) -> {
            state.add(parameter.tensor(first(parameter), both.first()));
            state.add(parameter.tensor(second(parameter), both.second()));
        });
        return state;
    }

    @Override
    public void restore(Checkpoint state) {
        steps = StateTensors.count(state, STEPS);
        moments.forEach((parameter, both) -> {
            StateTensors.read(state, first(parameter), both.first());
            StateTensors.read(state, second(parameter), both.second());
        });
    }

    private static String first(Parameter parameter) {
        return "adamw.first." + parameter.name();
    }

    private static String second(Parameter parameter) {
        return "adamw.second." + parameter.name();
    }
}
