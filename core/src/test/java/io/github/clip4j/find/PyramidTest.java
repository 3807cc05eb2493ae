package io.github.clip4j.find;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.RgbImage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PyramidTest {
    private static RgbImage noise(int width, int height, long seed) {
        byte[] pixels = new byte[3 * width * height];
        new SplittableRandom(seed).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static RgbImage part(RgbImage image, int left, int top, int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.pixels(), 3 * ((top + y) * image.width() + left), pixels, 3 * y * width, 3 * width);
        }
        return new RgbImage(width, height, pixels);
    }

    /** The plain definition: means of two by two pixels. */
    private static RgbImage halved(RgbImage image) {
        int width = image.width() / 2;
        int height = image.height() / 2;
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < 3 * width; x++) {
                int sum = 2;
                for (int i = 0; i < 4; i++) {
                    sum += image.pixels()[3 * ((2 * y + i / 2) * image.width() + 2 * (x / 3) + i % 2) + x % 3] & 0xff;
                }
                pixels[3 * y * width + x] = (byte) (sum / 4);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    /** Each tile with its pixels, from an image that comes in strips of random heights. */
    private static Map<Tile, RgbImage> cut(RgbImage image, Tiling tiling, int size, SplittableRandom random) {
        Map<Tile, RgbImage> tiles = new HashMap<>();
        Pyramid pyramid = new Pyramid(tiling, size, tiles::put);
        for (int y = 0; y < image.height();) {
            int rows = Math.min(1 + random.nextInt(9), image.height() - y);
            pyramid.add(part(image, 0, y, image.width(), rows));
            y += rows;
        }
        assertArrayEquals(image.pixels(), pyramid.overview().pixels());
        return tiles;
    }

    @Test
    void tilesArePartsOfTheImageOrOfItHalved() {
        SplittableRandom random = new SplittableRandom(3);
        for (int seed = 0; seed < 30; seed++) {
            RgbImage image = noise(33 + random.nextInt(40), 33 + random.nextInt(40), seed);
            Tiling tiling = new Tiling(image.width(), image.height(), List.of(5, 15, 16, 33), 0.4);
            Map<Tile, RgbImage> tiles = cut(image, tiling, 4, random);
            assertEquals(tiling.tiles().size(), tiles.size());
            RgbImage half = halved(image);
            RgbImage quarter = halved(half);
            tiles.forEach((tile, pixels) -> {
                RgbImage level = tile.size() < 16 ? image : tile.size() < 32 ? half : quarter;
                int k = level == image ? 0 : level == half ? 1 : 2;
                RgbImage expected = part(level, tile.x() >> k, tile.y() >> k, tile.size() >> k, tile.size() >> k);
                assertArrayEquals(expected.pixels(), pixels.pixels(), tile + " of " + tiling);
            });
        }
    }

    @Test
    void theOverviewIsReduced() {
        Pyramid pyramid = new Pyramid(new Tiling(5000, 3, List.of(3), 0), 4, (tile, pixels) -> {});
        byte[] row = new byte[3 * 5000];
        Arrays.fill(row, (byte) 200);
        for (int y = 0; y < 3; y++) {
            pyramid.add(new RgbImage(5000, 1, row));
        }
        RgbImage overview = pyramid.overview();
        assertEquals("2500 x 1", overview.width() + " x " + overview.height());
        assertEquals((byte) 200, overview.pixels()[7]);
    }

    @Test
    void tilesThatWouldTakeTooMuchMemoryAreRefused() {
        Tiling tiling = new Tiling(1 << 20, 895, List.of(895), 0);
        String message = assertThrows(IllegalArgumentException.class, () -> new Pyramid(tiling, 224, (_, _) -> {}))
                .getMessage();
        assertTrue(message.contains("more than the limit of 1073741824; choose smaller tiles"), message);
    }
}
