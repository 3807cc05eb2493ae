package io.github.clip4j.cli.shared;

import io.github.clip4j.image.ImageDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files that a user names as inputs. */
public final class InputFiles {
    private InputFiles() {}

    /**
     * Files and addresses as they are, and in place of each folder the images below it, in the order of their paths.
     */
    public static List<String> images(List<String> named) {
        List<String> images = new ArrayList<>();
        for (String name : named) {
            if (ImageInput.isAddress(name) || !Files.isDirectory(Path.of(name))) {
                images.add(name);
                continue;
            }
            int before = images.size();
            try (Stream<Path> below = Files.walk(Path.of(name))) {
                below.filter(path -> ImageDecoder.isImageName(path) && Files.isRegularFile(path)).sorted()
                        .forEach(path -> images.add(path.toString()));
            } catch (IOException | UncheckedIOException e) {
                throw new DataException(name + ": cannot be read: " + e.getMessage(), e);
            }
            if (images.size() == before) {
                throw new DataException(name + ": no images in this folder");
            }
        }
        return images;
    }

    /** @throws UsageException if an output would replace an input */
    public static void requireDistinct(List<String> inputs, List<Path> outputs) {
        for (String input : inputs) {
            for (Path output : outputs) {
                try {
                    if (!ImageInput.isAddress(input) && Files.exists(output)
                            && Files.isSameFile(Path.of(input), output)) {
                        throw new UsageException(output + ": would overwrite the input " + input);
                    }
                } catch (IOException e) {
                    // an input that is not there is told when it is read
                }
            }
        }
    }
}
