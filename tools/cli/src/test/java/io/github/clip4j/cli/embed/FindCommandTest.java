package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindCommandTest {
    private static final int CELL = 150;
    private static final int CELLS = 40;

    @TempDir
    static Path folder;

    @Test
    void boxesMapAndPolygonsAreOfTheSamePlaces() throws IOException {
        Path image = TestData.image(folder.resolve("image.png"), 6);
        Files.writeString(folder.resolve("image.pgw"), "2 0 0 -2 1 -1");
        Path heat = folder.resolve("heat.png");
        Path polygons = folder.resolve("places.geojson");
        Object[] args = {"find", image, "a cat", "--tile", 10, "--overlap", 0, "--scales", "1,2", "--top", 4, "--json",
                "--output", heat, "--geojson", polygons, "--model", TestData.model(folder.resolve("model"))};
        Run run = Run.clip(args);
        assertEquals(0, run.exitCode(), run.err());
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertEquals("60 40 24", result.get("width") + " " + result.get("height") + " "
                + (result.get("tiles").intValue() - 3 * 2));
        JsonNode boxes = result.get("boxes");
        JsonNode features = new ObjectMapper().readTree(polygons.toFile()).get("features");
        assertEquals(4, boxes.size());
        assertEquals(4, features.size());
        for (int i = 0; i < 4; i++) {
            JsonNode corner = features.get(i).get("geometry").get("coordinates").get(0).get(0);
            assertEquals(boxes.get(i).get("x").intValue() * 2.0, corner.get(0).doubleValue());
            assertEquals(boxes.get(i).get("y").intValue() * -2.0 + 0.0, corner.get(1).doubleValue());
            assertEquals(boxes.get(i).get("score"), features.get(i).get("properties").get("score"));
        }
        assertEquals(1200, new ImageDecoder().decode(heat).width());

        Run table = Run.clip("find", image, "a cat", "--grid", 2, "--scales", 1, "--model", folder.resolve("model"));
        assertEquals(0, table.exitCode(), table.err());
        assertTrue(table.lines().getFirst().matches("1 +\\d+\\.\\d\\d %  x \\d+ +y \\d+ +20 px"), table.out());
    }

    @Test
    void whatIsDrawnIsFound() throws IOException {
        Path model = TestData.shared("models/rsicd-small");
        Path scene = DrawnScene.write(folder.resolve("scene.png"));
        Run run = Run.clip("find", scene, "storage tanks", "--tile", DrawnScene.BLOCK / 2, "--top", 2, "--json",
                "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        Set<String> found = new HashSet<>();
        for (JsonNode box : new ObjectMapper().readTree(run.out()).get("boxes")) {
            int x = box.get("x").intValue() + box.get("width").intValue() / 2;
            int y = box.get("y").intValue() + box.get("height").intValue() / 2;
            found.add(x / DrawnScene.BLOCK + ", " + y / DrawnScene.BLOCK);
        }
        assertEquals(Set.of("2, 1", "4, 2"), found);
    }

    /** Photographs that the model was not trained on hold twelve baseball fields, a class that it knows well. */
    @Test
    @Tag("slow")
    void aClassIsFoundInAMosaic() throws IOException {
        Path model = TestData.shared("models/rsicd-small");
        List<Path> photographs = photographs();
        List<Path> others = photographs.stream().filter(path -> !isField(path)).toList();
        List<Path> fields = new ArrayList<>(held().stream().filter(FindCommandTest::isField).toList());
        Random random = new Random(11);
        Collections.shuffle(fields, random);
        List<Path> cells = new ArrayList<>(fields.subList(0, 12));
        List<Path> shuffled = new ArrayList<>(others);
        Collections.shuffle(shuffled, random);
        cells.addAll(shuffled.subList(0, CELLS * CELLS - cells.size()));
        Collections.shuffle(cells, random);

        Run run = Run.clip("find", mosaic(cells), "an aerial photograph of baseball field", "--grid", CELLS,
                "--overlap",
                0, "--scales", 1, "--top", 12, "--json", "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        Set<Path> found = new HashSet<>();
        for (JsonNode box : new ObjectMapper().readTree(run.out()).get("boxes")) {
            found.add(cells.get(box.get("y").intValue() / CELL * CELLS + box.get("x").intValue() / CELL));
        }
        assertTrue(found.stream().filter(FindCommandTest::isField).count() >= 9, found.toString());
    }

    private static boolean isField(Path path) {
        return path.getFileName().toString().startsWith("baseballfield_");
    }

    private static List<Path> photographs() throws IOException {
        try (Stream<Path> files = Files.list(TestData.shared("rsicd/rsicd_images"))) {
            return files.sorted().toList();
        }
    }

    /** Those held out from training. */
    private static List<Path> held() throws IOException {
        Path folder = TestData.shared("rsicd");
        ObjectMapper json = new ObjectMapper();
        List<Path> paths = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("valid.jsonl"))) {
            paths.add(folder.resolve(json.readTree(line).get("filename").textValue()));
        }
        return paths;
    }

    private static Path mosaic(List<Path> cells) throws IOException {
        int side = CELLS * CELL;
        byte[] pixels = new byte[3 * side * side];
        for (int i = 0; i < cells.size(); i++) {
            RgbImage cell = new ImageDecoder().decode(cells.get(i));
            for (int y = 0; y < Math.min(CELL, cell.height()); y++) {
                int target = (i / CELLS * CELL + y) * side + i % CELLS * CELL;
                System.arraycopy(cell.pixels(), 3 * y * cell.width(), pixels, 3 * target,
                        3 * Math.min(CELL, cell.width()));
            }
        }
        Path file = folder.resolve("mosaic.png");
        new RgbImage(side, side, pixels).writePng(file);
        return file;
    }
}
