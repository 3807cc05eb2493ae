package io.github.clip4j.find;

import io.github.clip4j.image.RgbImage;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;

/**
 * A level of the {@link Pyramid}: the image halved {@code halvings} times. It is given its rows from the top, keeps as
 * many of them as its highest tile has, and cuts a tile out when the tile's last row is there.
 */
final class Level {
    private final int halvings;
    private final int width;
    private final Queue<Tile> tiles = new ArrayDeque<>();
    private final BiConsumer<Tile, RgbImage> cut;
    /** Row y is at {@code y % rows.length}. */
    private final byte[][] rows;
    private final Level next;
    private int count;

    /**
     * @param width of the image itself
     * @param kept least number of rows to keep
     * @param tiles of this level, in pixels of the image itself
     * @param next the level with half the width, or null
     */
    Level(int halvings, int width, int kept, List<Tile> tiles, BiConsumer<Tile, RgbImage> cut, Level next) {
        this.halvings = halvings;
        this.width = width >> halvings;
        this.cut = cut;
        this.next = next;
        tiles.stream().sorted(Comparator.comparingInt(this::bottom)).forEach(this.tiles::add);
        int highest = tiles.stream().mapToInt(tile -> tile.size() >> halvings).max().orElse(0);
        this.rows = new byte[Math.max(kept, highest)][3 * this.width];
    }

    /** Adds the row that begins at this byte. */
    void add(byte[] pixels, int offset) {
        System.arraycopy(pixels, offset, rows[count % rows.length], 0, 3 * width);
        count++;
        while (!tiles.isEmpty() && bottom(tiles.element()) <= count) {
            Tile tile = tiles.remove();
            cut.accept(tile, pixels(tile));
        }
        if (next != null && count % 2 == 0) {
            next.add(halve(rows[(count - 2) % rows.length], rows[(count - 1) % rows.length]), 0);
        }
    }

    /** The row after a tile's last. */
    private int bottom(Tile tile) {
        return (tile.y() >> halvings) + (tile.size() >> halvings);
    }

    private RgbImage pixels(Tile tile) {
        int size = tile.size() >> halvings;
        return part(tile.x() >> halvings, tile.y() >> halvings, size, size);
    }

    /** All rows so far, if as many are kept. */
    RgbImage image() {
        return part(0, 0, width, count);
    }

    private RgbImage part(int left, int top, int columns, int height) {
        byte[] pixels = new byte[3 * columns * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(rows[(top + y) % rows.length], 3 * left, pixels, 3 * y * columns, 3 * columns);
        }
        return new RgbImage(columns, height, pixels);
    }

    /** Means of two by two pixels, rounded. */
    private byte[] halve(byte[] upper, byte[] lower) {
        byte[] half = new byte[3 * next.width];
        for (int i = 0; i < half.length; i++) {
            int p = i + i / 3 * 3; // the same channel of the left one of the two pixels
            int sum = (upper[p] & 0xff) + (upper[p + 3] & 0xff) + (lower[p] & 0xff) + (lower[p + 3] & 0xff);
            half[i] = (byte) (sum + 2 >> 2);
        }
        return half;
    }
}
