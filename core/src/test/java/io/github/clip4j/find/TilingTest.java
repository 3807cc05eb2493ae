package io.github.clip4j.find;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TilingTest {
    @Test
    void everyPixelIsCoveredAndNoTileLeavesTheImage() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            int width = 1 + random.nextInt(60);
            int height = 1 + random.nextInt(60);
            int size = 1 + random.nextInt(Math.min(width, height));
            Tiling tiling = new Tiling(width, height, List.of(size), random.nextInt(10) / 10.0);
            int[] covered = new int[width * height];
            for (Tile tile : tiling.tiles()) {
                assertTrue(tile.x() >= 0 && tile.y() >= 0 && tile.x() + size <= width && tile.y() + size <= height,
                        tile + " of " + tiling);
                for (int p = 0; p < size * size; p++) {
                    covered[(tile.y() + p / size) * width + tile.x() + p % size]++;
                }
            }
            for (int count : covered) {
                assertTrue(count > 0, tiling.toString());
            }
        }
    }

    @Test
    void neighboursOverlapByTheShareOrMore() {
        for (int width = 10; width < 80; width++) {
            List<Tile> row = new Tiling(width, 10, List.of(10), 0.3).tiles();
            for (int i = 1; i < row.size(); i++) {
                assertTrue(row.get(i).x() - row.get(i - 1).x() <= 8, "width " + width + ": " + row);
            }
        }
    }

    @Test
    void aGridIsOfSquaresAlongTheShorterSide() {
        Tiling grid = Tiling.grid(60, 40, 4, 0, List.of(1.0, 2.0));
        assertEquals(List.of(10, 20), grid.sizes());
        assertEquals(6 * 4 + 3 * 2, grid.tiles().size());
        assertEquals(new Tile(50, 30, 10), grid.tiles().get(23));
        assertEquals(new Tile(40, 20, 20), grid.tiles().getLast());
    }

    @Test
    void whatCannotBeIsRefused() {
        List<Double> once = List.of(1.0);
        refused("tiles of 41 pixels in an image of 60 x 40: expected 1 to 40", () -> Tiling.of(60, 40, 41, 0, once));
        refused("tiles of 80 pixels", () -> Tiling.grid(60, 40, 1, 0, List.of(1.0, 2.0)));
        refused("a grid of 0", () -> Tiling.grid(60, 40, 0, 0, once));
        refused("a grid of 41", () -> Tiling.grid(60, 40, 41, 0, once));
        refused("scale 0.0", () -> Tiling.of(60, 40, 8, 0, List.of(0.0)));
        refused("scale NaN", () -> Tiling.of(60, 40, 8, 0, List.of(Double.NaN)));
        refused("overlap 1.0", () -> Tiling.of(60, 40, 8, 1, once));
        refused("overlap NaN", () -> Tiling.of(60, 40, 8, Double.NaN, once));
        refused("0 tiles", () -> Tiling.of(60, 40, 8, 0, List.of()));
        refused("400000000 tiles: expected 1 to 1000000", () -> Tiling.of(20_000, 20_000, 1, 0, once));
    }

    private static void refused(String message, Runnable tiling) {
        String found = assertThrows(IllegalArgumentException.class, tiling::run).getMessage();
        assertTrue(found.contains(message), found);
    }
}
