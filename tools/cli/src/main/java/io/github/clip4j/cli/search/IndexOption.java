package io.github.clip4j.cli.search;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Option;

/** Which index. */
public final class IndexOption {
    @Option(names = "--index", paramLabel = "DIR", required = true,
            description = "Folder of the index, which holds nothing else.")
    private Path folder;

    /** Kept, because the JVM forgets the settings of a logger that nobody keeps. */
    private Logger lucene;

    public Path folder() {
        lucene = Logger.getLogger("org.apache.lucene");
        lucene.setLevel(Level.WARNING); // it tells in which way it computes
        return folder;
    }
}
