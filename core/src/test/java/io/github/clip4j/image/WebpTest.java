package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageException.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of every kind that cwebp, webpmux and libwebp's encoder 1.2.4 write: of the samples of the model inside and of
 * noise, with the size and the SHA-256 of the pixels that Pillow 12.3 with libwebp 1.6 reads.
 */
class WebpTest {
    record Webp(String name, int width, int height, String sha256, byte[] content) {
        static Webp of(String line) {
            String[] fields = line.split(" ");
            return new Webp(fields[0], Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), fields[3],
                    Base64.getDecoder().decode(fields[4]));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Webp> files() {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(WebpTest.class.getResourceAsStream("webp.txt"), StandardCharsets.US_ASCII))) {
            return lines.lines().map(Webp::of).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPixelIsLibwebps(Webp webp) throws NoSuchAlgorithmException {
        RgbImage image = new ImageDecoder().decode(webp.content, webp.name);
        assertEquals(webp.width + " x " + webp.height, image.width() + " x " + image.height());
        assertEquals(webp.sha256,
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.pixels())));
    }

    /** libwebp needs every byte of a lossy picture too, and so it does where the file's own lengths are mended. */
    @ParameterizedTest
    @MethodSource("files")
    void whatEndsEarlyIsTold(Webp webp) {
        int length = webp.content.length;
        for (int end : new int[]{13, 19, 29, length / 2, length - 3}) {
            byte[] cut = Arrays.copyOf(webp.content, Math.min(length - 1, end));
            fails(webp, cut, "is a truncated WEBP image: it ends after " + cut.length);
        }
    }

    private static void fails(Webp webp, byte[] content, String message) {
        ImageException e = assertThrows(ImageException.class, () -> new ImageDecoder().decode(content, webp.name));
        assertTrue(e.getMessage().startsWith(webp.name + ": " + message), e.getMessage());
        assertEquals(Fault.BROKEN, e.fault());
    }
}
