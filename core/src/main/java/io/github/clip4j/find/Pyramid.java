package io.github.clip4j.find;

import io.github.clip4j.image.RgbImage;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Cuts tiles out of an image that comes strip by strip. Level k is the image halved k times, by the mean of two by two
 * pixels; a large tile is cut from the highest level where it still has twice the pixels that the model looks at, so
 * that what has to be kept depends on the image's width and not on its height. A tile's edges there are rounded down to
 * whole pixels, an error below 1 / {@code 2 size} of it.
 */
final class Pyramid {
    /** The longer side of the overview is up to this, unless the shorter one would vanish. */
    private static final int OVERVIEW = 2400;
    private static final long MAX_BYTES = 1 << 30;

    private final int width;
    private final Level base;
    private final Level overview;

    /**
     * @param size height and width of the model's input
     * @param cut is given each tile with its pixels
     * @throws IllegalArgumentException if the rows to keep would take more than 1 GiB
     */
    Pyramid(Tiling tiling, int size, BiConsumer<Tile, RgbImage> cut) {
        this.width = tiling.width();
        int overviewLevel = overviewLevel(width, tiling.height());
        int top = overviewLevel;
        long bytes = 0;
        for (int side : tiling.sizes()) {
            int level = level(side, size);
            top = Math.max(top, level);
            bytes += 3L * (width >> level) * (side >> level);
        }
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("tiles of %s pixels across an image of %d x %d take %d bytes of memory, "
                    .formatted(tiling.sizes(), width, tiling.height(), bytes)
                    + "more than the limit of " + MAX_BYTES + "; choose smaller tiles");
        }
        List<Tile> tiles = tiling.tiles();
        Level[] levels = new Level[top + 2];
        for (int k = top; k >= 0; k--) {
            int level = k;
            List<Tile> ofLevel = tiles.stream().filter(tile -> level(tile.size(), size) == level).toList();
            int kept = k == overviewLevel ? tiling.height() >> k : 2;
            levels[k] = new Level(k, width, Math.max(2, kept), ofLevel, cut, levels[k + 1]);
        }
        base = levels[0];
        overview = levels[overviewLevel];
    }

    private static int level(int side, int size) {
        return Math.max(0, log2(side / (2 * size)));
    }

    private static int overviewLevel(int width, int height) {
        int level = 0;
        while (Math.max(width, height) >> level > OVERVIEW && Math.min(width, height) >> level > 1) {
            level++;
        }
        return level;
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(n);
    }

    /** Adds the strip below those before. */
    void add(RgbImage strip) {
        for (int y = 0; y < strip.height(); y++) {
            base.add(strip.pixels(), 3 * y * width);
        }
    }

    /** The whole image, reduced, when all of it was added. */
    RgbImage overview() {
        return overview.image();
    }
}
