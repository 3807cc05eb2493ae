package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import java.nio.file.Path;

/** A model in training and what changes it. */
public final class Learner {
    private final ClipConfig config;
    private final ModelParameters parameters;
    private final Optimizer optimizer;
    private final PatchDropout patchDropout;
    private final WeightAverage average;
    private final TrainableClip clip;
    private final Kernels kernels;

    /** @param average of the weights, which is validated and saved in their place; null for none */
    public Learner(ClipConfig config, ModelParameters parameters, ContrastiveLoss loss, Optimizer optimizer,
            PatchDropout patchDropout, WeightAverage average, Kernels kernels) {
        this.config = config;
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.patchDropout = patchDropout;
        this.average = average;
        this.clip = new TrainableClip(config, parameters, kernels, loss);
        this.kernels = kernels;
    }

    /** Goes on from a checkpoint that {@link #save} wrote, whose weights are those of the model already. */
    public TrainingState restore(Path folder) {
        TrainingState state = TrainingState.restore(folder, optimizer, average);
        if (average != null) {
            average.swap(); // as they were when they were saved
            clip.refresh();
        }
        return state;
    }

    /**
     * Takes one step.
     *
     * @param number of the step, counted from 1
     * @throws ArithmeticException if the loss or the gradient is not finite; the model is as it was then
     */
    TrainingListener.Step step(long number, Batch batch, int microBatch, double learningRate) {
        BatchLoss loss = clip.gradients(patchDropout.apply(batch, number, config.vision()), microBatch);
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

    /** Does something while the parameters hold what is to be validated and saved. */
    void averaged(Runnable work) {
        if (average == null) {
            work.run();
            return;
        }
        average.swap();
        try {
            work.run();
        } finally {
            average.swap();
        }
    }

    /** The model that the parameters make now. */
    ClipModel model() {
        return new ClipModel(config, Checkpoint.of("the model in training", parameters.tensors()), kernels);
    }

    /** Writes a checkpoint from which {@link #restore} goes on. */
    void save(Path folder, CheckpointFolder files, TrainingState state) {
        files.write(folder, parameters.tensors(), beside -> state.write(beside, optimizer, average));
    }
}
