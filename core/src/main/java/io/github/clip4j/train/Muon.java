package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps along matrices all of whose singular values are about 1, for the matrices of the blocks: query, key, value and
 * output of attention and both layers of the MLP. All else is trained by {@link AdamW}, after one scaling down of the
 * whole gradient g to its largest norm. A matrix p of r rows and c columns
 *
 * <pre>
 * m = β m + (1 - β) g
 * O = orthogonal((1 - β) g + β m)             Nesterov's momentum, {@link Orthogonal}
 * p = p - rate * (0.2 sqrt(max(r, c)) O + weightDecay * p)
 * </pre>
 *
 * where β is 0.95, the rate a multiple of the learning rate that all else has, and the factor of O makes its elements
 * about as large as those of a step of AdamW, so that both may share learning rate and weight decay. Sources: Jordan et
 * al.: Muon: An optimizer for hidden layers in neural networks, 2024 (kellerjordan.github.io/posts/muon); the factor and
 * the decay: Liu et al.: Muon is Scalable for LLM Training, 2025 (arXiv 2502.16982).
 */
public final class Muon implements Optimizer {
    private static final float MOMENTUM = 0.95f;
    private static final double ADAM_SCALE = 0.2;

    private final AdamW.Settings settings;
    private final double rateFactor;
    private final Kernels kernels;
    private final AdamW others;
    private final Orthogonal orthogonal;
    private final List<Piece> pieces; // of all parameters
    private final List<Parameter> matrices;
    private final Map<Parameter, float[]> momenta = new LinkedHashMap<>(); // of each matrix

    /**
     * An optimiser at its first step.
     *
     * @param settings of AdamW, the weight decay and the largest norm of which apply to all parameters
     * @param rateFactor the matrices' learning rate divided by that of all else, often 1 to 10
     * @throws IllegalArgumentException if the factor is not a positive number
     */
    public Muon(List<Parameter> trained, AdamW.Settings settings, double rateFactor, Kernels kernels) {
        if (!(rateFactor > 0 && rateFactor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "factor of the learning rate is " + rateFactor + ", expected more than 0");
        }
        this.settings = settings;
        this.rateFactor = rateFactor;
        this.kernels = kernels;
        this.others = new AdamW(trained.stream().filter(parameter -> !isHidden(parameter)).toList(), settings, kernels);
        this.orthogonal = new Orthogonal(kernels);
        this.pieces = Piece.of(trained);
        this.matrices = trained.stream().filter(Muon::isHidden).toList();
        matrices.forEach(matrix -> momenta.put(matrix, new float[matrix.value().length]));
    }

    /** Whether a parameter is a matrix from one hidden state to another. */
    private static boolean isHidden(Parameter parameter) {
        return parameter.shape().size() == 2 && parameter.name().contains(".encoder.layers.");
    }

    @Override
    public double step(double learningRate) {
        double norm = GradientNorm.of(pieces, kernels);
        float clip = settings.clip(norm);
        others.step(learningRate, clip);
        kernels.parallel(matrices.size(), i -> update(matrices.get(i), clip, learningRate * rateFactor));
        return norm;
    }

    private void update(Parameter matrix, float clip, double rate) {
        float[] momentum = momenta.get(matrix);
        int rows = Math.toIntExact(matrix.shape().getFirst());
        int columns = Math.toIntExact(matrix.shape().getLast());
        float[] gradient = matrix.gradient();
        for (int i = 0; i < momentum.length; i++) {
            float rest = (1 - MOMENTUM) * (gradient[i] * clip);
            momentum[i] = MOMENTUM * momentum[i] + rest;
            gradient[i] = rest + MOMENTUM * momentum[i];
        }
        float[] direction = orthogonal.of(gradient, rows, columns);
        float step = (float) (rate * ADAM_SCALE * Math.sqrt(Math.max(rows, columns)));
        float decay = (float) (rate * settings.weightDecay());
        float[] value = matrix.value();
        for (int i = 0; i < value.length; i++) {
            value[i] -= step * direction[i] + decay * value[i];
            gradient[i] = 0;
        }
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = new ArrayList<>(others.state());
        momenta.forEach((matrix, momentum) -> state.add(matrix.tensor(name(matrix), momentum)));
        return state;
    }

    @Override
    public void restore(Checkpoint state) {
        others.restore(state);
        momenta.forEach((matrix, momentum) -> StateTensors.read(state, name(matrix), momentum));
    }

    private static String name(Parameter matrix) {
        return "muon.momentum." + matrix.name();
    }
}
