package io.github.clip4j.find;

import io.github.clip4j.image.RgbImage;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a search in an image gave.
 *
 * @param width of the image in pixels
 * @param height of the image in pixels
 * @param matches every tile, the best first
 * @param overview the image, reduced by a power of two where it is large
 */
public record Findings(int width, int height, List<Match> matches, RgbImage overview) {
    /** Tiles that share more than this part of the smaller one show the same thing. */
    private static final double SAME = 0.3;

    public Findings {
        matches = List.copyOf(matches);
    }

    /**
     * Scores of squares of a grid of patches, brought to 0 for the lowest and 1 for the highest.
     *
     * @param region what the grid covers, in pixels of the image
     * @param grid patches side by side
     * @param window patches side by side in a square
     * @param scores of the squares, row by row, {@code grid - window + 1} side by side
     */
    public static Findings ofGrid(RgbImage image, Rectangle2D region, int grid, int window, double[] scores) {
        double low = Arrays.stream(scores).min().orElseThrow();
        double range = Math.max(Arrays.stream(scores).max().orElseThrow() - low, Double.MIN_NORMAL);
        double patch = region.getWidth() / grid;
        int columns = grid - window + 1;
        List<Match> matches = IntStream.range(0, scores.length)
                .mapToObj(i -> new Match(new Tile((int) Math.round(region.getX() + i % columns * patch),
                        (int) Math.round(region.getY() + i / columns * patch), (int) Math.ceil(window * patch)),
                        (scores[i] - low) / range))
                .sorted(Comparator.comparingDouble(Match::score).reversed()).toList();
        return new Findings(image.width(), image.height(), matches, image);
    }

    /**
     * The {@code count} best tiles at different places: of tiles that share more than 30 % of the smaller one's area,
     * whatever their sizes, only the best stays (greedy non-maximum suppression).
     */
    public List<Match> top(int count) {
        List<Match> top = new ArrayList<>();
        for (Match match : matches) {
            if (top.size() == count) {
                break;
            }
            if (top.stream().noneMatch(better -> better.tile().overlap(match.tile()) > SAME)) {
                top.add(match);
            }
        }
        return top;
    }
}
