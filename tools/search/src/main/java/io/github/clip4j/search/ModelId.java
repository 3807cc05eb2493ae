package io.github.clip4j.search;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.PublishedFiles;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which model made a vector. Vectors of different models cannot be compared.
 *
 * @param name for people
 * @param sha256 of the model's config, pre-processing and weights, in hex: what an image's vector depends on
 */
public record ModelId(String name, String sha256) {
    /** Files that decide in any folder: those of a model that is read, and its other safetensors and bin files. */
    private static final Predicate<String> DECISIVE = file -> file.equals("config.json")
            || file.equals("preprocessor_config.json") || file.endsWith(".safetensors") || file.endsWith(".bin");

    /** The identity of a model whose activation its files tell. */
    public static ModelId of(String name, Path model) {
        return of(name, model, Optional.empty());
    }

    /**
     * The identity of a model folder or file, which is read as a whole.
     *
     * @param activation that the model is run with, if it is not the one that its files tell
     * @throws IndexException if it cannot be read
     */
    public static ModelId of(String name, Path model, Optional<Activation> activation) {
        MessageDigest digest = Sha256.digest();
        SortedSet<Path> decisive = new TreeSet<>();
        try {
            if (Files.isDirectory(model)) {
                try (Stream<Path> files = Files.list(model)) {
                    files.filter(file -> DECISIVE.test(file.getFileName().toString())).forEach(decisive::add);
                }
            }
            decisive.addAll(PublishedFiles.at(model).all());
            for (Path file : decisive) {
                Sha256.add(digest, file);
            }
        } catch (IOException | CheckpointException e) {
            throw new IndexException(model + ": cannot be read: " + e.getMessage(), e);
        }
        activation.ifPresent(given -> digest.update(given.name().getBytes(StandardCharsets.US_ASCII)));
        return new ModelId(name, Sha256.hex(digest.digest()));
    }

    /** Whether both make the same vectors, whatever they are called. */
    boolean isSame(ModelId other) {
        return sha256.equals(other.sha256);
    }

    @Override
    public String toString() {
        return name + " (" + sha256.substring(0, 12) + ")";
    }
}
