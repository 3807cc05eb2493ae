package io.github.clip4j.checkpoint;

import io.github.clip4j.files.PartialFile;
import java.io.IOException;
import java.nio.file.Path;

/** Files of a checkpoint, old or new but whole. */
final class AtomicFile {
    private AtomicFile() {}

    static void write(Path file, PartialFile.Content content) {
        try {
            PartialFile.write(file, content);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be written: " + e, e);
        }
    }
}
