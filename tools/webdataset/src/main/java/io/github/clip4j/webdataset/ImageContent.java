package io.github.clip4j.webdataset;

import io.github.clip4j.image.ImageException;

/** The bytes of an image file, here or where they are. Safe to share between threads. */
@FunctionalInterface
public interface ImageContent {
    /** @throws ImageException naming the file, if they cannot be read or are too many */
    byte[] read();
}
