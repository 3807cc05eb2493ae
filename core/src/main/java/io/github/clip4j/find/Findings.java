package io.github.clip4j.find;

import io.github.clip4j.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

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
