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
 * @param epochs that are complete
 * @param steps that have been taken in all
 * @param seed of the run
 * @param best the smallest validation loss so far; infinite before the first
 */
public record TrainingState(int epochs, long steps, long seed, double best) {
    /** Name of the file in a checkpoint folder. */
    public static final String FILE = "training-state.safetensors";

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
        SafetensorsWriter.write(folder.resolve(FILE), tensors, Map.of("epochs", Integer.toString(epochs),
                "steps", Long.toString(steps), "seed", Long.toString(seed), "best", Double.toString(best)));
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
            return new TrainingState(note(file, "epochs", Integer::valueOf), note(file, "steps", Long::valueOf),
                    note(file, "seed", Long::valueOf), note(file, "best", Double::valueOf));
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
