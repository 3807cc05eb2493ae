package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A file, and what Pillow 12.3 makes of it.
 *
 * @param sha256 of its pixels
 */
record PillowImage(String name, int width, int height, String sha256, byte[] content) {
    /** Those of a resource, one a line, the content in base 64. */
    static List<PillowImage> in(String resource) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(PillowImage.class.getResourceAsStream(resource), StandardCharsets.US_ASCII))) {
            return lines.lines().map(line -> line.split(" ")).map(fields -> new PillowImage(fields[0],
                    Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), fields[3],
                    Base64.getDecoder().decode(fields[4]))).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** That it is decoded to the same pixels here. */
    void check() {
        RgbImage image = new ImageDecoder().decode(content, name);
        assertEquals(width + " x " + height, image.width() + " x " + image.height());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(image.pixels());
            assertEquals(sha256, HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
