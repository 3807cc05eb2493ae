package io.github.clip4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the weights in a model folder. */
final class CheckpointFiles {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private CheckpointFiles() {}

    static Checkpoint open(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().endsWith(".index.json")
                    ? ShardedCheckpoint.open(path)
                    : SafetensorsFile.open(path);
        }
        if (Files.exists(path.resolve(SINGLE))) {
            return SafetensorsFile.open(path.resolve(SINGLE));
        }
        if (Files.exists(path.resolve(INDEX))) {
            return ShardedCheckpoint.open(path.resolve(INDEX));
        }
        String advice = Files.exists(path.resolve("pytorch_model.bin"))
                ? "; pytorch_model.bin is not read: save the model with safe_serialization=True in transformers"
                : "";
        throw new CheckpointException(path + ": expected " + SINGLE + " or " + INDEX + " in this folder" + advice);
    }
}
