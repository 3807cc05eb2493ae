package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import java.util.function.Supplier;

/**
 * A model in training and what changes it.
 *
 * @param average of the weights, which is validated and saved in their place; null for none
 */
public record Learner(ClipConfig config, ModelParameters parameters, TrainableClip clip, Optimizer optimizer,
        WeightAverage average, Kernels kernels) {
    /** Takes one step, and gives what there is to tell of it. */
    TrainingListener.Step step(long number, Batch batch, int microBatch, double learningRate) {
        BatchLoss loss = clip.gradients(batch, microBatch);
        if (!Double.isFinite(loss.loss())) {
            throw new ArithmeticException("the loss is " + loss.loss()
                    + ": training has diverged; lower the learning rate or warm up longer");
        }
        double norm = optimizer.step(learningRate);
        clip.refresh();
        if (average != null) {
            average.update();
        }
        return new TrainingListener.Step(number, loss, learningRate, norm);
    }

    /** The model as it would be saved. */
    ClipModel model() {
        return new ClipModel(config, Checkpoint.of("the model in training", parameters.tensors()), kernels);
    }

    /** Does something while the parameters hold what is to be validated and saved. */
    <T> T averaged(Supplier<T> work) {
        if (average == null) {
            return work.get();
        }
        average.swap();
        try {
            return work.get();
        } finally {
            average.swap();
        }
    }
}
