package io.github.clip4j.hub;

import java.nio.file.Path;
import java.util.Optional;

/** The files of one commit. */
interface Snapshot {
    /** A file in the cache, or empty if there is none of this name. */
    Optional<Path> file(String name);

    /** What is in the cache and nothing else. */
    static Snapshot cached(HubCache cache, String commit) {
        return name -> cache.file(commit, name);
    }
}
