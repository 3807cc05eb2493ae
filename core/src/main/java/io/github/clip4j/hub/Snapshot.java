package io.github.clip4j.hub;

import java.nio.file.Path;
import java.util.Optional;

/** The files of one commit. */
@FunctionalInterface
interface Snapshot {
    /** A file in the cache, or empty if there is none of this name. */
    Optional<Path> file(String name);
}
