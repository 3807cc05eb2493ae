package io.github.clip4j.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Says in a file of the index who writes it; Lucene's lock itself, which ends with its process, does not tell. */
final class LockOwner implements AutoCloseable {
    static final String FILE = "writer.txt";

    private final Path file;

    LockOwner(Path folder) throws IOException {
        file = folder.resolve(FILE);
        Files.writeString(file, "process " + ProcessHandle.current().pid() + " since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Who writes the index, for people. */
    static String read(Path folder) {
        try {
            byte[] text = Files.readAllBytes(folder.resolve(FILE));
            return text.length == 0 ? "another process" : new String(text, UTF_8).lines().findFirst().orElseThrow();
        } catch (IOException _) {
            return "another process"; // that has just begun, or just ended
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
