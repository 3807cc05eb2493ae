package io.github.clip4j.train;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.files.PartialFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: folders {@code step-0000031}, {@code step-0000062}, ... each with its {@link TrainingState}, and a
 * link {@code best} to one of them. Other folders, and those of the same names without a state, are left alone.
 */
public final class CheckpointSeries {
    private static final Pattern STEP = Pattern.compile("step-(\\d{7,18})");
    private static final Pattern PARTIAL = Pattern.compile("(step-\\d{7,18}|best)\\.[0-9a-f-]{36}\\.tmp");
    private static final String BEST = "best";

    private final Path run;

    /** The checkpoints in the folder of a run, which may have none and may not be there yet. */
    public CheckpointSeries(Path run) {
        this.run = run;
    }

    /** The folder for the state after so many steps. */
    public Path folder(long steps) {
        return run.resolve("step-%07d".formatted(steps));
    }

    /** The checkpoint after the most steps. */
    public Optional<Path> last() {
        return Optional.ofNullable(checkpoints().lastEntry()).map(Map.Entry::getValue);
    }

    /** The checkpoint that was marked as the best. */
    public Optional<Path> best() {
        Path link = run.resolve(BEST);
        return Files.isDirectory(link) ? Optional.of(link) : Optional.empty();
    }

    /**
     * Lets {@code best} be the checkpoint after so many steps.
     *
     * @throws CheckpointException if the link cannot be made, or a folder of this name is there
     */
    public void markBest(long steps) {
        Path beside = run.resolve(BEST + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createSymbolicLink(beside, folder(steps).getFileName());
            try {
                Files.move(beside, run.resolve(BEST), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new CheckpointException(run.resolve(BEST) + ": cannot be made a link to "
                    + folder(steps).getFileName() + ": " + e, e);
        }
    }

    /**
     * Deletes all checkpoints but the last ones and the best. One to which a file was added stays.
     *
     * @param last how many to keep, 1 or more
     * @throws IllegalArgumentException if {@code last} is less than 1
     * @throws CheckpointException if one cannot be deleted
     */
    public void keep(int last) {
        if (last < 1) {
            throw new IllegalArgumentException("keep the last " + last + " checkpoints, expected 1 or more");
        }
        List<Path> old = new ArrayList<>(checkpoints().values());
        try {
            for (Path folder : old.subList(0, Math.max(0, old.size() - last))) {
                if (!(best().isPresent() && Files.isSameFile(best().get(), folder)) && isOwn(folder)) {
                    PartialFolder.remove(folder);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(run + ": old checkpoints cannot be deleted: " + e, e);
        }
    }

    /** Deletes what a run that was killed left half written or half deleted. */
    public void removePartial() {
        try {
            for (Path path : list(run)) {
                if (PARTIAL.matcher(path.getFileName().toString()).matches()) {
                    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                        PartialFolder.delete(path);
                    } else {
                        Files.delete(path);
                    }
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(run + ": half written checkpoints cannot be deleted: " + e, e);
        }
    }

    /** By the number of steps. */
    private NavigableMap<Long, Path> checkpoints() {
        NavigableMap<Long, Path> found = new TreeMap<>();
        try {
            for (Path path : list(run)) {
                Matcher name = STEP.matcher(path.getFileName().toString());
                if (name.matches() && Files.exists(path.resolve(TrainingState.FILE))) {
                    found.put(Long.valueOf(name.group(1)), path);
                }
            }
            return found;
        } catch (IOException e) {
            throw new CheckpointException(run + ": cannot be read: " + e, e);
        }
    }

    private static boolean isOwn(Path folder) throws IOException {
        List<String> own = CheckpointFolder.files();
        return list(folder).stream().map(file -> file.getFileName().toString())
                .allMatch(name -> own.contains(name) || name.equals(TrainingState.FILE));
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }
}
