package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageException.Fault;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of every kind that cwebp, webpmux and libwebp's encoder 1.2.4 write: of the samples of the model inside and of
 * noise, with the size and the SHA-256 of the pixels that Pillow 12.3 with libwebp 1.6 reads.
 */
class WebpTest {
    static List<PillowImage> files() {
        return PillowImage.in("webp.txt");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPixelIsLibwebps(PillowImage webp) {
        webp.check();
    }

    /** libwebp needs every byte of a lossy picture too, and so it does where the file's own lengths are mended. */
    @ParameterizedTest
    @MethodSource("files")
    void whatEndsEarlyIsTold(PillowImage webp) {
        int length = webp.content().length;
        for (int end : new int[]{13, 19, 29, length / 2, length - 3}) {
            byte[] cut = Arrays.copyOf(webp.content(), Math.min(length - 1, end));
            fails(webp, cut, "is a truncated WEBP image: it ends after " + cut.length);
        }
    }

    private static void fails(PillowImage webp, byte[] content, String message) {
        ImageException e = assertThrows(ImageException.class, () -> new ImageDecoder().decode(content, webp.name()));
        assertTrue(e.getMessage().startsWith(webp.name() + ": " + message), e.getMessage());
        assertEquals(Fault.BROKEN, e.fault());
    }
}
