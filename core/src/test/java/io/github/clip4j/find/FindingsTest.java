package io.github.clip4j.find;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.image.RgbImage;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Suppression, the heat map and GeoJSON, on places that are given. */
class FindingsTest {
    private static final Match BEST = new Match(new Tile(0, 0, 100), 1);
    private static final Match INSIDE = new Match(new Tile(20, 20, 50), 0.9);
    private static final Match BESIDE = new Match(new Tile(80, 0, 100), 0.8);
    private static final Match AROUND = new Match(new Tile(0, 0, 200), 0.7);
    private static final Match FAR = new Match(new Tile(100, 100, 100), 0);
    private static final Findings FINDINGS = findings(BEST, INSIDE, BESIDE, AROUND, FAR);

    private static Findings findings(Match... matches) {
        return new Findings(200, 200, List.of(matches), new RgbImage(2, 2, new byte[12]));
    }

    @Test
    void theBestOfWhatOverlapsStays() {
        assertEquals(List.of(BEST, BESIDE, FAR), FINDINGS.top(10));
        assertEquals(List.of(BEST, BESIDE), FINDINGS.top(2));
        assertEquals(0.2, BEST.tile().overlap(BESIDE.tile()), 1e-12);
        assertEquals(1, AROUND.tile().overlap(INSIDE.tile()), 1e-12);
        assertEquals(0, new Tile(0, 0, 100).overlap(new Tile(0, 100, 100)));
    }

    /** The overview is black, so colours are viridis times the opacity. */
    @Test
    void heatIsDrawnWhereItIs() {
        RgbImage map = HeatMap.draw(findings(new Match(new Tile(0, 0, 100), 1), new Match(new Tile(100, 0, 100), 0)),
                List.of());
        assertEquals("1200 x 1264", map.width() + " x " + map.height());
        assertColor(map, 10, 10, 0.7, 0xfde725);
        assertColor(map, 590, 590, 0.7, 0xfde725);
        assertColor(map, 610, 10, 0.3, 0x440154);
        assertColor(map, 10, 610, 0.3, 0x440154); // where there is no tile
    }

    @Test
    void overlappingTilesBlend() {
        RgbImage map = HeatMap.draw(findings(new Match(new Tile(0, 0, 100), 1), new Match(new Tile(50, 0, 100), 0)),
                List.of());
        int[] green = {100, 350, 400, 450, 500, 550, 700};
        for (int i = 1; i < green.length; i++) {
            int left = channel(map, green[i - 1], 300, 1);
            int right = channel(map, green[i], 300, 1);
            assertTrue(right < left || i == 1 || i == green.length - 1 && right == left, "at x = " + green[i]);
        }
    }

    @Test
    void framesAreNumberedAndTheLegendIsBelow() {
        RgbImage map = HeatMap.draw(FINDINGS, List.of(new Match(new Tile(50, 50, 100), 0.5)));
        assertColor(map, 301, 500, 1, 0xffffff);
        assertColor(map, 302, 500, 1, 0x000000);
        assertColor(map, 301, 299, 1, 0xffffff); // the number's label
        assertEquals(channel(map, 251, 1215, 0), (int) Math.round(0.3 * 128 + 0.7 * 253), 3);
        assertColor(map, 600, 1230, 1, 0xffffff);
    }

    @Test
    void aPictureOfAnyShapeIsDrawn() {
        for (int[] size : new int[][]{{1, 1}, {30_000, 1}, {1, 30_000}, {1_000_000, 2000}}) {
            Findings findings = new Findings(size[0], size[1],
                    List.of(new Match(new Tile(0, 0, Math.min(size[0], size[1])), 0.5)),
                    new RgbImage(1, 1, new byte[3]));
            RgbImage map = HeatMap.draw(findings, findings.top(1));
            assertTrue(map.width() <= 1200 && map.height() <= 1264, map.width() + " x " + map.height());
        }
    }

    private static void assertColor(RgbImage image, int x, int y, double share, int rgb) {
        int[] expected = {(int) Math.round(share * (rgb >> 16)), (int) Math.round(share * (rgb >> 8 & 0xff)),
                (int) Math.round(share * (rgb & 0xff))};
        int[] found = {channel(image, x, y, 0), channel(image, x, y, 1), channel(image, x, y, 2)};
        assertArrayEquals(expected, found, "at " + x + ", " + y);
    }

    private static int channel(RgbImage image, int x, int y, int channel) {
        return image.pixels()[3 * (y * image.width() + x) + channel] & 0xff;
    }

    /** Where a model sees the image in a black border, its grid reaches beyond the image. */
    @Test
    void gridsGoFromTheLowestToTheHighestScoreWhereverTheyAre() {
        RgbImage image = new RgbImage(60, 40, new byte[3 * 60 * 40]);
        Findings findings = Findings.ofGrid(image, new Rectangle2D.Double(-20, -30, 100, 100), 5, 2,
                IntStream.range(0, 16).mapToDouble(i -> 3 + 0.5 * i).toArray());
        assertEquals(new Match(new Tile(40, 30, 40), 1), findings.matches().getFirst());
        assertEquals(new Match(new Tile(-20, -30, 40), 0), findings.matches().getLast());
        RgbImage map = HeatMap.draw(findings, findings.top(3));
        assertEquals(1200, map.width());
        Findings flat = Findings.ofGrid(image, new Rectangle2D.Double(10, 0, 40, 40), 2, 2, new double[]{0.3});
        assertEquals(List.of(new Match(new Tile(10, 0, 40), 0)), flat.matches());
    }

    @Test
    void geoJsonIsAPolygonForEach() throws IOException {
        List<Match> matches = List.of(new Match(new Tile(10, 20, 5), 0.25), BEST);
        JsonNode pixels = new ObjectMapper().readTree(GeoJson.of(matches, Optional.empty()));
        assertEquals("pixels", pixels.get("coordinates").textValue());
        JsonNode first = pixels.get("features").get(0);
        assertEquals("{\"rank\":1,\"score\":0.25}", first.get("properties").toString());
        assertEquals("[[[10.0,20.0],[15.0,20.0],[15.0,25.0],[10.0,25.0],[10.0,20.0]]]",
                first.get("geometry").get("coordinates").toString());
        var north = new AffineTransform(0.5, 0, 0, -0.5, 1000, 2000);
        JsonNode map = new ObjectMapper().readTree(GeoJson.of(matches, Optional.of(north)));
        assertEquals("map", map.get("coordinates").textValue());
        assertEquals("[[[1005.0,1990.0],[1005.0,1987.5],[1007.5,1987.5],[1007.5,1990.0],[1005.0,1990.0]]]",
                map.get("features").get(0).get("geometry").get("coordinates").toString());
    }
}
