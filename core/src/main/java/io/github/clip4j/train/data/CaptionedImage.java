package io.github.clip4j.train.data;

import java.nio.file.Path;
import java.util.List;

/**
 * An image file and what is said about it.
 *
 * @param label its class: the file's name up to the first underscore or dot
 * @param captions token ids of one caption or more, each with start and end, not padded
 */
public record CaptionedImage(Path file, String label, List<int[]> captions) {
    /** @throws IllegalArgumentException if there is no caption */
    public CaptionedImage {
        if (captions.isEmpty()) {
            throw new IllegalArgumentException(file + ": expected one caption or more, found none");
        }
        captions = List.copyOf(captions);
    }

    CaptionedImage(Path file, List<int[]> captions) {
        this(file, file.getFileName().toString().split("[_.]", 2)[0], captions);
    }
}
