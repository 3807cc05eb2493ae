package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PilResizeTest {
    /** Checksums: {@code zlib.crc32(Image.fromarray(pixels).resize((w, h), Image.BICUBIC).tobytes())}, Pillow 12.3. */
    @ParameterizedTest
    @CsvSource({"1,1,7,5,f04ed438", "2,3,224,336,7d08cede", "37,21,96,54,34472161", "150,150,224,224,20071bcf",
            "480,360,298,224,eedc7755", "640,480,299,224,2ffe1b1c", "1000,3,224,7,ed0f8a63", "3,1000,5,33,843d6de8",
            "223,225,224,224,64d21610", "301,97,97,301,88056fc7", "1024,768,31,224,9d670787", "50,80,50,33,44ea12b5",
            "50,80,33,80,1de52dea", "2,378,12,90,7c346486", "3,360,15,3,2a5fa352"})
    void equalsPillow(int width, int height, int newWidth, int newHeight, String checksum) {
        RgbImage resized = PilResize.resize(TestImages.formula(width, height), newWidth, newHeight);
        assertEquals(newWidth, resized.width());
        assertEquals(newHeight, resized.height());
        assertEquals(checksum, TestImages.crc32(resized.pixels()));
    }

    @Test
    void sameSizeChangesNothing() {
        RgbImage image = TestImages.random(31, 17, 1);
        assertArrayEquals(image.pixels(), PilResize.resize(image, 31, 17).pixels());
    }

    @Test
    void oneColourStaysOneColour() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100; i++) {
            int[] sides = random.ints(4, 1, 60).toArray();
            byte value = (byte) random.nextInt();
            byte[] pixels = new byte[3 * sides[0] * sides[1]];
            Arrays.fill(pixels, value);
            byte[] expected = new byte[3 * sides[2] * sides[3]];
            Arrays.fill(expected, value);
            RgbImage resized = PilResize.resize(new RgbImage(sides[0], sides[1], pixels), sides[2], sides[3]);
            assertArrayEquals(expected, resized.pixels(), () -> "width, height, to: " + Arrays.toString(sides));
        }
    }

    @Test
    void refusesSizesThatNoArrayHolds() {
        RgbImage image = TestImages.random(2, 2, 3);
        assertThrows(IllegalArgumentException.class, () -> PilResize.resize(image, 0, 5));
        assertThrows(IllegalArgumentException.class, () -> PilResize.resize(image, 5, -1));
        assertThrows(IllegalArgumentException.class, () -> PilResize.resize(image, 50_000, 50_000));
    }
}
