package io.github.clip4j.train;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.train.data.BatchLoader;
import io.github.clip4j.train.data.Batches;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Goes through the pairs epoch by epoch, and validates and saves the model after each. What a run does is a function of
 * what it is made from, so one that goes on from a checkpoint ends with the same bits as one that never stopped.
 */
public final class Trainer {
    private final Learner learner;
    private final Plan plan;
    private final Checkpoints checkpoints;
    private final TrainingListener listener;
    private TrainingState state;

    /**
     * What is to be done.
     *
     * @param schedule over the steps of all epochs
     * @param microBatch pairs whose activations are in memory at a time
     */
    public record Plan(Batches batches, Validation validation, Schedule schedule, int epochs,
            int microBatch) {
        /** Of the whole run. */
        public long steps() {
            return (long) epochs * batches.perEpoch();
        }
    }

    /**
     * Where the results go.
     *
     * @param files that make a checkpoint, beside its weights
     * @param keep how many of the newest checkpoints to keep, beside the best
     */
    public record Checkpoints(CheckpointSeries series, CheckpointFolder files, int keep) {}

    /** @param state from which to go on, {@link TrainingState#start} for a new run */
    public Trainer(Learner learner, Plan plan, Checkpoints checkpoints, TrainingState state,
            TrainingListener listener) {
        this.learner = learner;
        this.plan = plan;
        this.checkpoints = checkpoints;
        this.state = state;
        this.listener = listener;
    }

    /**
     * Trains to the end of the plan.
     *
     * @param stop asked after each step whether to save and leave the rest for later
     * @return whether the plan is done
     * @throws TrainingException if the model has diverged, an image is broken or a file cannot be written
     */
    public boolean run(BooleanSupplier stop) {
        int perEpoch = plan.batches.perEpoch();
        try {
            checkpoints.series.removePartial();
            markBest(); // a killed run may have saved it and no more
            while (state.steps() < plan.steps()) {
                if (!epoch(state.steps() / perEpoch, (int) (state.steps() % perEpoch), stop)) {
                    break;
                }
            }
            return state.steps() == plan.steps();
        } catch (ArithmeticException | ImageException | CheckpointException | UncheckedIOException e) {
            throw new TrainingException("training stopped after step %d of %d: %s; %s".formatted(state.steps(),
                    plan.steps(), e.getMessage(), checkpoints.series.last()
                            .map(folder -> "the last good checkpoint is " + folder)
                            .orElse("there is no checkpoint yet")),
                    e);
        }
    }

    /** Takes the rest of an epoch, and returns whether to go on. */
    private boolean epoch(long epoch, int first, BooleanSupplier stop) {
        boolean stopped;
        boolean whole;
        try (BatchLoader loader = plan.batches.load(epoch, first)) {
            do {
                long step = state.steps();
                listener.stepped(learner.step(step + 1, loader.next(), plan.microBatch,
                        plan.schedule.learningRate(step)));
                state = state.next();
                stopped = stop.getAsBoolean();
                whole = !loader.hasNext();
            } while (!stopped && !whole);
        }
        save(whole);
        return !stopped;
    }

    /** @param validated whether to measure the model first, which is done at the end of an epoch only */
    private void save(boolean validated) {
        Path folder = checkpoints.series.folder(state.steps());
        learner.averaged(() -> {
            if (validated) {
                Score score = plan.validation.score(learner.model());
                listener.validated(state.steps(), score);
                state = state.validated(score.loss());
            }
            learner.save(folder, checkpoints.files, state);
        });
        markBest();
        checkpoints.series.keep(checkpoints.keep);
        listener.saved(folder);
    }

    private void markBest() {
        if (state.bestStep() > 0) {
            checkpoints.series.markBest(state.bestStep());
        }
    }
}
