package io.github.clip4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The reference data beside the checkout. */
final class Shared {
    private Shared() {}

    /** A file or folder there; the test is skipped where it is absent. */
    static Path path(String name) {
        Path path = Path.of(System.getProperty("shared", "../shared")).resolve(name);
        Assumptions.assumeTrue(Files.exists(path), () -> "reference data " + path + " is not here");
        return path;
    }
}
