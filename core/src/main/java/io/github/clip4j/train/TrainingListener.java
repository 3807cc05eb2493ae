package io.github.clip4j.train;

import java.nio.file.Path;

/** Is told how training goes; called by the training thread, which waits for it. */
public interface TrainingListener {
    /**
     * A step that was taken.
     *
     * @param number counted from 1 over the whole run
     * @param loss of the batch before the step
     * @param gradientNorm as it was found, before it was clipped
     */
    record Step(long number, BatchLoss loss, double learningRate, double gradientNorm) {}

    /** After each step. */
    void stepped(Step step);

    /** After each epoch, before its checkpoint is written. */
    void validated(long steps, Score score);

    /** After a checkpoint was written. */
    void saved(Path folder);
}
