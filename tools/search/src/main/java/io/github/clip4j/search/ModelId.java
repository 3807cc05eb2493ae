package io.github.clip4j.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which model made a vector. Vectors of different models cannot be compared.
 *
 * @param name for people
 * @param sha256 of the model's config, pre-processing and weights, in hex: what an image's vector depends on
 */
public record ModelId(String name, String sha256) {
    private static final Predicate<String> DECISIVE = file -> file.equals("config.json")
            || file.equals("preprocessor_config.json") || file.endsWith(".safetensors") || file.endsWith(".bin");

    /**
     * The identity of a model folder, which is read as a whole.
     *
     * @throws IndexException if it cannot be read
     */
    public static ModelId of(String name, Path folder) {
        MessageDigest digest = Sha256.digest();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> decisive = files.filter(file -> DECISIVE.test(file.getFileName().toString())).sorted().toList();
            for (Path file : decisive) {
                Sha256.add(digest, file);
            }
        } catch (IOException e) {
            throw new IndexException(folder + ": cannot be read: " + e.getMessage(), e);
        }
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
