package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;
import java.util.List;

/** Changes the trained parameters of a model by their gradients. Results are the same for any number of threads. */
public sealed interface Optimizer permits AdamW, Adafactor, Muon {
    /**
     * Changes all trained parameters once and sets their gradients to zero.
     *
     * @return the norm of the gradient over all trained parameters, as it was found
     * @throws ArithmeticException if that norm is NaN or infinite; nothing has been changed then
     */
    double step(double learningRate);

    /** All that the next step depends on beside parameters and gradients. The arrays are the optimiser's own. */
    List<Tensor> state();

    /**
     * Takes up the state of an optimiser with the same settings for the same parameters.
     *
     * @throws CheckpointException if a tensor is missing or has another shape; the state may be half taken up then
     */
    void restore(Checkpoint state);
}
