package io.github.clip4j.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One commit of a repository in the cache.
 *
 * @param revisions branches and tags that were this commit when they were last asked for
 * @param folder its files
 */
public record CachedModel(String repository, List<String> revisions, String commit, Path folder) {
    private static final String PREFIX = "models--";

    /** The model that a folder or a file of a cache belongs to; empty for any other. */
    public static Optional<CachedModel> at(Path path) {
        for (Path folder = path.toAbsolutePath().normalize(); folder.getNameCount() > 2; folder = folder.getParent()) {
            Path repository = folder.getParent().getParent();
            if (folder.getParent().endsWith("snapshots") && HubName.isCommit(folder.getFileName().toString())
                    && repository.getFileName() != null && repository.getFileName().toString().startsWith(PREFIX)) {
                return Optional.of(of(repository, folder));
            }
        }
        return Optional.empty();
    }

    private static CachedModel of(Path repository, Path folder) {
        String name = repository.getFileName().toString().substring(PREFIX.length()).replace("--", "/");
        String commit = folder.getFileName().toString();
        HubCache cache = new HubCache(repository.getParent(), name, true);
        Path refs = repository.resolve("refs");
        List<String> revisions = new ArrayList<>();
        if (Files.isDirectory(refs)) {
            try (Stream<Path> files = Files.walk(refs)) {
                files.filter(Files::isRegularFile).map(file -> refs.relativize(file).toString().replace('\\', '/'))
                        .filter(revision -> cache.commit(revision).equals(Optional.of(commit))).sorted()
                        .forEach(revisions::add);
            } catch (IOException | UncheckedIOException e) {
                throw new HubException(refs + ": cannot be read: " + e.getMessage(), e);
            }
        }
        return new CachedModel(name, revisions, commit, folder);
    }

    /** All models in a cache, by their names. */
    static List<CachedModel> in(Path root) {
        List<CachedModel> models = new ArrayList<>();
        for (Path repository : list(root)) {
            if (repository.getFileName().toString().startsWith(PREFIX)) {
                for (Path folder : list(repository.resolve("snapshots"))) {
                    at(folder).ifPresent(models::add);
                }
            }
        }
        return models;
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new HubException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Bytes of its files, which other commits may share. */
    public long size() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            throw new HubException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether it is a CLIP with all that it takes to run it, or files of bare weights that were asked for one by one. */
    public boolean isComplete() {
        try (Stream<Path> files = Files.walk(folder)) {
            return ModelFiles.weights(name -> Optional.of(folder.resolve(name)).filter(Files::isRegularFile),
                    repository).isPresent() || files.anyMatch(file -> file.toString().matches("(?s).*\\.pth?"));
        } catch (HubException | IOException | UncheckedIOException e) {
            return false;
        }
    }
}
