package io.github.clip4j.hub;

import io.github.clip4j.checkpoint.PublishedFiles.Lookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models by name. What is in the cache is used as it is, without asking whether there is something newer; what is not is
 * fetched, and only that. Safe to use from several threads and processes.
 *
 * @param listener told of downloads, on the thread that waits for them
 */
public record Hub(HubSettings settings, HubListener listener) {
    /** What a model may have and works without. */
    private static final List<String> OPTIONAL = List.of("preprocessor_config.json", "open_clip_config.json",
            "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json");

    /** As the environment says, with downloads that nobody is told of. */
    public static Hub fromEnvironment() {
        return new Hub(HubSettings.fromEnvironment(), HubListener.NONE);
    }

    /**
     * The folder or file of a model: the one of this path if there is one, else the model of this name.
     *
     * @param model a path, or a name as {@link HubName#parse} takes it
     * @throws HubException if it is neither, or the model is not to be had
     */
    public Path locate(String model) {
        return existing(model).orElseGet(() -> open(name(model)));
    }

    /** The folder or file of this path, if there is one. */
    public static Optional<Path> existing(String path) {
        try {
            return Optional.of(Path.of(path)).filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The model of this name. */
    public static HubName name(String model) {
        return HubName.parse(model)
                .orElseThrow(() -> new HubException(model + ": expected a model folder or file, which "
                        + "is not there, or a model's name, ORGANISATION/NAME or ORGANISATION/NAME@REVISION"));
    }

    /**
     * A model's folder, or the file that the name names; from the cache if it is there, else from the hub.
     *
     * @throws HubException if it is no CLIP, or not to be had
     */
    public Path open(HubName name) {
        HubCache cache = cache(name);
        Optional<String> commit = cache.commit(name.revision());
        Optional<Path> here = commit.flatMap(known -> cached(name, cache, known));
        if (here.isPresent() && (settings.offline() || !name.file().isEmpty()
                || OPTIONAL.stream().allMatch(file -> cache.isKnown(commit.get(), file)))) {
            return here.get();
        }
        if (settings.offline()) {
            throw new HubException(
                    "%s: there is no such folder, the cache %s does not have all of it, and HF_HUB_OFFLINE is "
                            .formatted(name, settings.cache())
                            + "set; unset it, or fetch the model elsewhere and copy the cache");
        }
        try {
            return here.isPresent() ? complete(name, commit.get(), here.get()) : pull(name);
        } catch (UnavailableException e) {
            return here.orElseThrow(() -> e);
        }
    }

    /** What a name means in the cache; empty if the cache does not have all of it. */
    private Optional<Path> cached(HubName name, HubCache cache, String commit) {
        try {
            return path(name, file -> cache.file(commit, file));
        } catch (HubException e) {
            if (settings.offline()) {
                throw e;
            }
            return Optional.empty(); // a file that tells more may be missing here
        }
    }

    /** Fetches what a model may have beside what is here already, of the commit that is here. */
    private Path complete(HubName name, String commit, Path here) {
        try (HubClient client = new HubClient(settings, name)) {
            RemoteSnapshot snapshot = new RemoteSnapshot(client, cache(name), settings, commit, listener);
            OPTIONAL.forEach(snapshot::file);
            return here;
        }
    }

    /**
     * The same, but what the revision is now is asked of the hub.
     *
     * @throws HubException if the hub does not answer, too
     */
    public Path pull(HubName name) {
        if (settings.offline()) {
            throw new HubException(name + ": cannot be fetched while HF_HUB_OFFLINE is set; unset it");
        }
        HubCache cache = cache(name);
        try (HubClient client = new HubClient(settings, name)) {
            RemoteSnapshot snapshot = new RemoteSnapshot(client, cache, settings, name.revision(), listener);
            Path path = path(name, snapshot).orElseThrow(() -> new HubException(name.file().isEmpty()
                    ? name + ": has no config.json or open_clip_config.json with weights that are read; if they are a file "
                            + "of another name, give it too: " + name.repository() + "/FILE.pt; see "
                            + settings.endpoint() + "/" + name.repository()
                    : name + ": the repository has no such file; see " + settings.endpoint() + "/" + name.repository()
                            + " for those it has"));
            if (name.file().isEmpty()) {
                OPTIONAL.forEach(snapshot::file);
            }
            cache.setCommit(name.revision(), snapshot.commit());
            return path;
        } catch (IOException e) {
            throw RemoteSnapshot.cannotWrite(cache, e);
        }
    }

    /** All commits of models in the cache, by their names; of CLIP and others. */
    public List<CachedModel> cached() {
        return CachedModel.in(settings.cache());
    }

    private HubCache cache(HubName name) {
        return new HubCache(settings.cache(), name.repository(), settings.links());
    }

    /** What a name means in a snapshot; empty if the snapshot does not have all of it. */
    private static Optional<Path> path(HubName name, Lookup snapshot) {
        return name.file().isEmpty()
                ? ModelFiles.weights(snapshot, name.toString()).map(files -> files.getFirst().getParent())
                : snapshot.file(name.file());
    }
}
