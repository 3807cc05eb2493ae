package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Noise and blocks in codes of 2 to 12 bits, with palettes of all sizes, of the frame's own and none, shorter than the
 * indices, interlaced, smaller and larger than their screens; and two other files with indices that their palettes lack.
 */
class GifTest {
    static List<PillowImage> files() {
        return PillowImage.in("gif-and-palettes.txt");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPixelIsPillows(PillowImage image) {
        image.check();
    }

    @ParameterizedTest
    @MethodSource("files")
    void whatEndsEarlyIsTold(PillowImage image) {
        for (int end : new int[]{12, image.content().length / 3, image.content().length - 6}) {
            ImageException e = assertThrows(ImageException.class,
                    () -> new ImageDecoder().decode(Arrays.copyOf(image.content(), end), image.name()));
            assertTrue(e.getMessage().contains(" is a truncated ") || e.getMessage().contains(" is a broken "),
                    e.getMessage());
        }
    }
}
