package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exponential moving average of the trained parameters. After n updates with the values p₁ ... pₙ it is
 *
 * <pre>
 * Σ decayⁿ⁻ⁱ pᵢ / Σ decayⁿ⁻ⁱ        i = 1 ... n
 * </pre>
 *
 * so it starts from the first values themselves, not from zero. It is computed as {@code a += (p - a) / Σ decayⁿ⁻ⁱ}.
 */
public final class WeightAverage {
    private static final String UPDATES = "average.updates";

    private final double decay;
    private final Kernels kernels;
    private final List<Piece> pieces;
    private final Map<Parameter, float[]> averages = new LinkedHashMap<>();
    private long updates;

    /**
     * An average of nothing yet.
     *
     * @param decay how much of the average is kept in an update, such as 0.999
     * @throws IllegalArgumentException if the decay is not 0 or more and less than 1
     */
    public WeightAverage(List<Parameter> trained, double decay, Kernels kernels) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("decay is " + decay + ", expected 0 or more, less than 1");
        }
        this.decay = decay;
        this.kernels = kernels;
        this.pieces = Piece.of(trained);
        trained.forEach(parameter -> averages.put(parameter, new float[parameter.value().length]));
    }

    /** Takes the parameters' values in, after a step of the optimiser. */
    public void update() {
        updates++;
        float share = (float) ((1 - decay) / (1 - Math.pow(decay, updates)));
        kernels.parallel(pieces.size(), i -> {
            Piece piece = pieces.get(i);
            float[] value = piece.parameter().value();
            float[] average = averages.get(piece.parameter());
            for (int j = piece.from(); j < piece.to(); j++) {
                average[j] += share * (value[j] - average[j]);
            }
        });
    }

    /**
     * Exchanges the averages and the parameters' values: once to validate or write the averaged model, and once more
     * before training goes on.
     *
     * @throws IllegalStateException if nothing has been averaged yet
     */
    public void swap() {
        if (updates == 0) {
            throw new IllegalStateException("there is no average before the first update");
        }
        kernels.parallel(pieces.size(), i -> {
            Piece piece = pieces.get(i);
            float[] value = piece.parameter().value();
            float[] average = averages.get(piece.parameter());
            for (int j = piece.from(); j < piece.to(); j++) {
                float kept = value[j];
                value[j] = average[j];
                average[j] = kept;
            }
        });
    }

    /** The averages and what the next update depends on. The arrays are the average's own. */
    public List<Tensor> state() {
        List<Tensor> state = new ArrayList<>();
        state.add(Tensor.of(UPDATES, updates));
        averages.forEach((parameter, average) -> state.add(parameter.tensor(name(parameter), average)));
        return state;
    }

    /**
     * Takes up the state of an average of the same parameters.
     *
     * @throws CheckpointException if a tensor is missing or has another shape
     */
    public void restore(Checkpoint state) {
        updates = StateTensors.count(state, UPDATES);
        averages.forEach((parameter, average) -> StateTensors.read(state, name(parameter), average));
    }

    private static String name(Parameter parameter) {
        return "average." + parameter.name();
    }
}
