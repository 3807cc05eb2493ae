package io.github.clip4j.search;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What an index knows of an image file.
 *
 * @param path names the image in its index; that of a file is absolute
 * @param size of the file in bytes
 * @param modified when, in milliseconds since 1970
 * @param sha256 of the file's content, in hex; empty if it is not known
 * @param width in pixels, 0 if it is not known
 * @param height in pixels, 0 if it is not known
 */
public record IndexedImage(String path, long size, long modified, String sha256, int width, int height) {
    /** Names the image in addresses without telling its path: the first half of the SHA-256 of the path, in hex. */
    public String id() {
        return Sha256.hex(Sha256.digest().digest(path.getBytes(UTF_8))).substring(0, 32);
    }
}
