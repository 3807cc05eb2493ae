package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a run needs beside its weights to go on as if it had not stopped: it lies beside them in one file, with what the
 * optimiser and the average of weights keep. There is no state of random numbers, since all that is random is a
 * function of seed, epoch and position.
 *
 * @param steps that have been taken
 * @param seed of the run
 * @param bestStep after which the validation loss was the smallest so far; 0 if there was no validation yet
 * @param bestLoss that loss; infinite before the first
 */
public record TrainingState(long steps, long seed, long bestStep, double bestLoss) {
    /** Name of the file in a checkpoint folder. */
    public static final String FILE = "training-state.safetensors";

    /** Of a run that has not begun. */
    public static TrainingState start(long seed) {
        return new TrainingState(0, seed, 0, Double.POSITIVE_INFINITY);
    }

    /** After one more step. */
    TrainingState next() {
        return new TrainingState(steps + 1, seed, bestStep, bestLoss);
    }

    /** After a validation. */
    TrainingState validated(double loss) {
        return loss < bestLoss ? new TrainingState(steps, seed, steps, loss) : this;
    }

    /**
     * Writes the file into a checkpoint folder.
     *
     * @param average null if the run keeps none
     * @throws CheckpointException if it cannot be written
     */
    public void write(Path folder, Optimizer optimizer, WeightAverage average) {
        List<Tensor> tensors = new ArrayList<>(optimizer.state());
        if (average != null) {
            tensors.addAll(average.state());
        }
        SafetensorsWriter.write(folder.resolve(FILE), tensors, Map.of("steps", Long.toString(steps), "seed",
                Long.toString(seed), "best-step", Long.toString(bestStep), "best-loss", Double.toString(bestLoss)));
    }

    /**
     * Reads the file of a checkpoint folder and fills what a new run has made like the one before.
     *
     * @param average null if the run keeps none
     * @throws CheckpointException if the file is not there, or is of a run with another model or optimiser
     */
    public static TrainingState restore(Path folder, Optimizer optimizer, WeightAverage average) {
        try (Checkpoint file = Checkpoint.open(folder.resolve(FILE))) {
            optimizer.restore(file);
            if (average != null) {
                average.restore(file);
            }
            return new TrainingState(note(file, "steps", Long::valueOf), note(file, "seed", Long::valueOf),
                    note(file, "best-step", Long::valueOf), note(file, "best-loss", Double::valueOf));
        }
    }

    private static <T> T note(Checkpoint file, String name, Function<String, T> parse) {
        String text = file.metadata().getOrDefault(name, "nothing");
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new CheckpointException(
                    file.source() + ": __metadata__ " + name + ": expected a number, found " + text, e);
        }
    }
}
