package io.github.clip4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the weights in a model folder. */
final class CheckpointFiles {
    private static final String INDEX = ".index.json";
    /** Names that are published, the preferred first. */
    private static final List<String> NAMES = List.of("model.safetensors", "model.safetensors" + INDEX,
            "pytorch_model.bin", "pytorch_model.bin" + INDEX);

    private CheckpointFiles() {}

    static Checkpoint open(Path path) {
        Path file = find(path);
        return file.toString().endsWith(INDEX) ? ShardedCheckpoint.open(file) : CheckpointFile.open(file);
    }

    /**
     * The file of weights in a folder: the first that is there of the names that are published, or else the only
     * {@code .pt}, {@code .pth} or {@code .safetensors} file. A file stands for itself.
     */
    static Path find(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        for (String name : NAMES) {
            if (Files.exists(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        List<Path> others = others(path);
        if (others.size() != 1) {
            throw new CheckpointException(path + ": expected weights in this folder, one of "
                    + String.join(", ", NAMES) + ", or one file *.pt, *.pth or *.safetensors, found "
                    + (others.isEmpty() ? "none" : others.size() + " of them; name one") + weightsThatAreNotRead(path));
        }
        return others.getFirst();
    }

    private static List<Path> others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(pt|pth|safetensors)")).sorted().toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be read: " + e, e);
        }
    }

    private static String weightsThatAreNotRead(Path folder) {
        return Files.exists(folder.resolve("tf_model.h5")) ? "; tf_model.h5 is not read" : "";
    }
}
