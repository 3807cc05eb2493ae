package io.github.clip4j.hub;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.PublishedFiles;
import io.github.clip4j.checkpoint.PublishedFiles.Lookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which files of a repository a model needs: its configs and its weights in one form. */
final class ModelFiles {
    private static final String INDEX = ".index.json";
    private static final int MAX_SHARDS = 1000;

    private ModelFiles() {}

    /**
     * The weights of a model, after its configs, which say what it is.
     *
     * @param source begins every message
     * @return every file of the first form that is there; empty if none is there as a whole, or no config is
     * @throws HubException if it is no CLIP
     */
    static Optional<List<Path>> weights(Lookup snapshot, String source) {
        try {
            // an index counts as there if all that it names is
            return PublishedFiles
                    .find(name -> snapshot.file(name).filter(file -> all(file, snapshot).isPresent()), source)
                    .flatMap(files -> all(files.weights(), snapshot));
        } catch (CheckpointException e) {
            throw new HubException(e.getMessage(), e);
        }
    }

    /** A file, or all that an index names if they are there. */
    private static Optional<List<Path>> all(Path file, Lookup snapshot) {
        if (!file.toString().endsWith(INDEX)) {
            return Optional.of(List.of(file));
        }
        Set<String> names = PublishedFiles.shards(file);
        if (names.size() > MAX_SHARDS || !names.stream().allMatch(name -> name.matches("\\w[\\w.+-]{0,199}"))) {
            throw new HubException(file + ": weight_map: expected at most " + MAX_SHARDS
                    + " files of letters, digits and _.+-, found " + names.size() + " such as "
                    + brief(names.iterator().next()));
        }
        List<Optional<Path>> files = names.stream().map(snapshot::file).toList();
        return files.stream().allMatch(Optional::isPresent)
                ? Optional.of(files.stream().map(Optional::get).toList())
                : Optional.empty();
    }

    /** Text from elsewhere made fit for a message. */
    static String brief(String text) {
        return text.substring(0, Math.min(100, text.length())).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
