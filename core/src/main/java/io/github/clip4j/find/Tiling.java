package io.github.clip4j.find;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which tiles of an image are looked at. Tiles of one size cover the image from edge to edge, evenly spread: of those of
 * side s along a side of L pixels there are {@code n = ceil((L - s) / (s (1 - overlap))) + 1}, the i-th at
 * {@code round(i (L - s) / (n - 1))}.
 *
 * @param sizes sides of the tiles in pixels
 * @param overlap the least share of a tile's side that it has in common with the next, 0 up to below 1
 */
public record Tiling(int width, int height, List<Integer> sizes, double overlap) {
    /** The most tiles; each costs a pass through the vision tower. */
    public static final long MAX_TILES = 1_000_000;

    /** @throws IllegalArgumentException if a tile is not within the image, or there are more than {@link #MAX_TILES} */
    public Tiling {
        sizes = List.copyOf(new TreeSet<>(sizes));
        if (!(overlap >= 0 && overlap < 1)) {
            throw new IllegalArgumentException("overlap " + overlap + ": expected 0 up to below 1");
        }
        int largest = Math.min(width, height);
        for (int size : sizes) {
            if (size < 1 || size > largest) {
                throw new IllegalArgumentException("tiles of %d pixels in an image of %d x %d: expected 1 to %d"
                        .formatted(size, width, height, largest));
            }
        }
        long count = count(width, height, sizes, overlap);
        if (count < 1 || count > MAX_TILES) {
            throw new IllegalArgumentException("%d tiles: expected 1 to %d; choose larger tiles or less overlap"
                    .formatted(count, MAX_TILES));
        }
    }

    /** Tiles of {@code tile} pixels times each of the scales. */
    public static Tiling of(int width, int height, double tile, double overlap, List<Double> scales) {
        for (double scale : scales) {
            if (!(scale > 0 && tile * scale <= Integer.MAX_VALUE)) {
                throw new IllegalArgumentException("scale " + scale + ": expected a number above 0, such as 2");
            }
        }
        return new Tiling(width, height, scales.stream().map(scale -> (int) Math.ceil(tile * scale)).toList(),
                overlap);
    }

    /** Tiles of which {@code n} side by side cover the image's shorter side, times each of the scales. */
    public static Tiling grid(int width, int height, int n, double overlap, List<Double> scales) {
        if (n < 1 || n > Math.min(width, height)) {
            throw new IllegalArgumentException(
                    "a grid of %d in an image of %d x %d: expected 1 to %d".formatted(n, width,
                            height, Math.min(width, height)));
        }
        return of(width, height, (double) Math.min(width, height) / n, overlap, scales);
    }

    /** All tiles, the small ones first, each size row by row. */
    public List<Tile> tiles() {
        List<Tile> tiles = new ArrayList<>();
        for (int size : sizes) {
            int[] columns = starts(width, size);
            for (int y : starts(height, size)) {
                for (int x : columns) {
                    tiles.add(new Tile(x, y, size));
                }
            }
        }
        return tiles;
    }

    /** The number of all tiles. */
    public int count() {
        return (int) count(width, height, sizes, overlap);
    }

    private static long count(int width, int height, List<Integer> sizes, double overlap) {
        return sizes.stream().mapToLong(size -> count(width, size, overlap) * count(height, size, overlap)).sum();
    }

    private static long count(int length, int size, double overlap) {
        double step = Math.max(1, size * (1 - overlap));
        return (long) Math.ceil((length - size) / step) + 1;
    }

    private int[] starts(int length, int size) {
        int[] starts = new int[(int) count(length, size, overlap)];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = (int) Math.round((double) i * (length - size) / (starts.length - 1));
        }
        return starts;
    }
}
