package io.github.clip4j.cli.serve;

import io.github.clip4j.Clip;
import io.github.clip4j.find.Findings;
import io.github.clip4j.find.HeatMap;
import io.github.clip4j.find.ImageSearch;
import io.github.clip4j.find.Match;
import io.github.clip4j.find.Tile;
import io.github.clip4j.find.Tiling;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.ImageStrips;
import io.github.clip4j.image.RgbImage;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpStatus;

/** Finds what a text says inside an image. */
final class FindAction implements Action {
    private static final int DEFAULT_GRID = 8;
    private static final double OVERLAP = 0.5;
    private static final List<Double> SCALES = List.of(1.0, 2.0);
    /** Each is a pass through the vision tower. */
    private static final int MAX_TILES = 4000;
    private static final int DEFAULT_TOP = 10;
    private static final int MAX_TOP = 100;

    private final Clip clip;
    private final ImageDecoder decoder;
    private final long maxPixels;
    private final Album album;
    private final Workers finder;

    /** @param finder one thread: it takes the processors for seconds, and what else there is has to go on */
    FindAction(Clip clip, ImageDecoder decoder, long maxPixels, Album album, Workers finder) {
        this.clip = clip;
        this.decoder = decoder;
        this.maxPixels = maxPixels;
        this.album = album;
        this.finder = finder;
    }

    record Query(String image, String text, Integer grid, Integer tile, Integer top) {
        Query {
            text = Texts.required("text", text);
            top = Objects.requireNonNullElse(top, DEFAULT_TOP);
            if (top < 1 || top > MAX_TOP) {
                throw new IllegalArgumentException("\"top\": %d, expected 1 to %d".formatted(top, MAX_TOP));
            }
            if (grid != null && tile != null) {
                throw new IllegalArgumentException("either \"grid\" or \"tile\", not both");
            }
        }

        Tiling tiling(int width, int height) {
            return tile == null
                    ? Tiling.grid(width, height, Objects.requireNonNullElse(grid, DEFAULT_GRID), OVERLAP, SCALES)
                    : Tiling.of(width, height, tile, OVERLAP, SCALES);
        }
    }

    record Answer(int width, int height, List<Box> boxes, String heatMap) {}

    record Box(int x, int y, int width, int height, double score) {}

    @Override
    public void answer(Exchange exchange) {
        Query query = exchange.options(Query.class);
        Deadline deadline = exchange.deadline();
        try (Picture picture = album.picture(exchange, query.image)) {
            exchange.json(finder.run(deadline, () -> picture.read(file -> find(file, query, deadline))));
        }
    }

    private Answer find(Path file, Query query, Deadline deadline) {
        try (ImageStrips strips = ImageStrips.open(file, decoder)) {
            int width = strips.width();
            int height = strips.height();
            if ((long) width * height > maxPixels) {
                throw new ApiException(HttpStatus.PAYLOAD_TOO_LARGE_413,
                        "the image: has %d x %d pixels, more than the limit of %d".formatted(width, height, maxPixels));
            }
            Tiling tiling = ApiException.blamed(() -> query.tiling(width, height));
            int tiles = tiling.tiles().size();
            if (tiles > MAX_TILES) {
                throw ApiException
                        .badRequest("%d tiles, more than the limit of %d; choose a coarser grid or larger tiles"
                                .formatted(tiles, MAX_TILES));
            }
            ImageSearch search = ApiException.blamed(() -> new ImageSearch(clip, query.text, ImageSearch.NEGATIVES));
            Findings findings = search.search(strips, tiling, _ -> deadline.check());
            List<Match> best = findings.top(query.top);
            return new Answer(width, height, best.stream().map(FindAction::box).toList(),
                    dataUrl(HeatMap.draw(findings, best)));
        } catch (ImageException e) {
            deadline.check(); // reading stops with whatever stops it
            throw e;
        }
    }

    /** A picture in the answer itself. */
    static String dataUrl(RgbImage picture) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(picture.png());
    }

    static Box box(Match match) {
        Tile tile = match.tile();
        return new Box(tile.x(), tile.y(), tile.size(), tile.size(), match.score());
    }
}
