package io.github.clip4j.cli.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicatesCommandTest {
    private static final int SIDE = 200;

    @TempDir
    static Path folder;
    private static Path photos;
    private static Path index;

    @BeforeAll
    static void files() throws IOException {
        photos = Files.createDirectories(folder.resolve("photos"));
        for (int i = 0; i < 6; i++) {
            scene(i).writePng(photos.resolve("scene%d.png".formatted(i)));
        }
        Files.copy(photos.resolve("scene0.png"), photos.resolve("copy0.png"));
        Files.write(photos.resolve("saved1.jpg"), scene(1).jpeg());
        PilResize.resize(scene(1), 90, 90).writePng(photos.resolve("small1.png"));
        PilResize.resize(scene(2), 300, 300).writePng(photos.resolve("large2.png"));
        turned(scene(3)).writePng(photos.resolve("turned3.png"));
        cropped(scene(4), 13, 5, 180).writePng(photos.resolve("cropped4.png"));
        new RgbImage(SIDE, SIDE, new byte[3 * SIDE * SIDE]).writePng(photos.resolve("black.png"));
        byte[] white = new byte[3 * SIDE * SIDE];
        Arrays.fill(white, (byte) -1);
        new RgbImage(SIDE, SIDE, white).writePng(photos.resolve("white.png"));
        index = folder.resolve("index");
        Path model = TestData.model(folder.resolve("model"));
        Run run = Run.clip("index", photos, "--index", index, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
    }

    /** Rectangles of many sizes and colours. */
    private static RgbImage scene(int seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < 120; i++) {
            int width = 5 + random.nextInt(50);
            int height = 5 + random.nextInt(50);
            int left = random.nextInt(SIDE - 5);
            int top = random.nextInt(SIDE - 5);
            byte[] color = new byte[3];
            random.nextBytes(color);
            for (int y = top; y < Math.min(SIDE, top + height); y++) {
                for (int x = left; x < Math.min(SIDE, left + width); x++) {
                    System.arraycopy(color, 0, pixels, 3 * (y * SIDE + x), 3);
                }
            }
        }
        return new RgbImage(SIDE, SIDE, pixels);
    }

    private static RgbImage turned(RgbImage image) {
        byte[] pixels = new byte[image.pixels().length];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                System.arraycopy(image.pixels(), 3 * (y * SIDE + x), pixels, 3 * (x * SIDE + SIDE - 1 - y), 3);
            }
        }
        return new RgbImage(SIDE, SIDE, pixels);
    }

    private static RgbImage cropped(RgbImage image, int left, int top, int side) {
        byte[] pixels = new byte[3 * side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(image.pixels(), 3 * ((top + y) * SIDE + left), pixels, 3 * y * side, 3 * side);
        }
        return new RgbImage(side, side, pixels);
    }

    private static List<List<String>> groups(Object... options) throws IOException {
        List<Object> line = new ArrayList<>(List.of("duplicates", "--index", index, "--json"));
        line.addAll(List.of(options));
        Run run = Run.clip(line.toArray());
        assertEquals(0, run.exitCode(), run.err());
        List<List<String>> groups = new ArrayList<>();
        for (String group : run.lines()) {
            List<String> names = new ArrayList<>();
            for (JsonNode image : new ObjectMapper().readTree(group).get("images")) {
                names.add(Path.of(image.get("path").textValue()).getFileName().toString());
            }
            groups.add(names);
        }
        return groups;
    }

    @Test
    void groupsWithTheBestFirst() throws IOException {
        assertEquals(List.of(List.of("copy0.png", "scene0.png"), List.of("large2.png", "scene2.png"),
                List.of("saved1.jpg", "scene1.png", "small1.png"), List.of("scene3.png", "turned3.png"),
                List.of("scene4.png", "cropped4.png")),
                groups().stream().sorted((a, b) -> key(a).compareTo(key(b))).toList());
    }

    /** Of the three of scene 1 the first two have as many pixels, and which file is larger is the encoders' affair. */
    private static String key(List<String> group) {
        if (group.size() == 3) {
            group.subList(0, 2).sort(null);
        }
        return group.contains("turned3.png") ? "t" : group.contains("cropped4.png") ? "u" : group.getFirst();
    }

    @Test
    void equalFilesOnlyAtOne() throws IOException {
        assertEquals(List.of(List.of("copy0.png", "scene0.png")), groups("--threshold", 1));
    }

    @Test
    void searchListsTheBestOfEachGroupInThePlaceOfItsFirst() throws IOException {
        Path model = folder.resolve("model");
        Object[] line = {"search", "--index", index, "--text", "a cat", "--model", model, "--top", 50, "--json"};
        Run plain = Run.clip(line);
        List<String> names = names(new ObjectMapper().readTree(plain.out()).get("hits"));
        Run run = Run.clip(Stream.concat(Stream.of(line), Stream.of("--collapse")).toArray());
        assertEquals(0, run.exitCode(), run.err());
        JsonNode hits = new ObjectMapper().readTree(run.out()).get("hits");
        List<List<String>> groups = groups();
        List<String> expected = new ArrayList<>();
        for (String name : names) {
            String best = groups.stream().filter(group -> group.contains(name)).map(List::getFirst).findFirst()
                    .orElse(name);
            if (!expected.contains(best)) {
                expected.add(best);
            }
        }
        assertEquals(expected, names(hits));
        for (JsonNode hit : hits) {
            String name = Path.of(hit.get("path").textValue()).getFileName().toString();
            List<String> others = new ArrayList<>();
            hit.get("others").forEach(path -> others.add(Path.of(path.textValue()).getFileName().toString()));
            assertEquals(groups.stream().filter(group -> group.getFirst().equals(name))
                    .map(group -> group.subList(1, group.size())).findFirst().orElse(List.of()), others);
        }
        Run table = Run.clip("search", "--index", index, "--text", "a cat", "--model", model, "--top", 50,
                "--collapse");
        assertEquals(1, table.lines().stream().filter(row -> row.endsWith("  +2")).count(), table.out());
    }

    private static List<String> names(JsonNode hits) {
        List<String> names = new ArrayList<>();
        hits.forEach(hit -> names.add(Path.of(hit.get("path").textValue()).getFileName().toString()));
        return names;
    }

    @Test
    void tableAndPage() throws IOException {
        Path page = folder.resolve("page.html");
        Run run = Run.clip("duplicates", "--index", index, "--html", page);
        assertEquals(0, run.exitCode(), run.err());
        List<String> lines = run.lines();
        assertEquals(12, lines.size(), run.out());
        assertTrue(
                lines.getFirst().matches("1  best  1\\.000  200x200  [\\d,]+ +" + photos.toRealPath() + "/copy0.png"),
                lines.getFirst());
        assertEquals(index + ": 5 groups, 6 images more than one of each would be, of 14", lines.getLast());
        assertEquals(11, Files.readString(page).split("data:image/jpeg", -1).length - 1);
        assertEquals(5, Files.readString(page).split("<b>best</b>", -1).length - 1);
    }

    @Test
    void whatIsGoneIsTold() throws IOException {
        Path gone = photos.toRealPath().resolve("white.png");
        byte[] content = Files.readAllBytes(gone);
        Files.delete(gone);
        Run run = Run.clip("duplicates", "--index", index);
        Files.write(gone, content);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("clip: " + gone + ": there is no such file"), run.err());
        assertTrue(run.out().contains("5 groups"), run.out());
        assertEquals(2, Run.clip("duplicates", "--index", index, "--threshold", 0).exitCode());
        assertEquals(1, Run.clip("duplicates", "--index", folder.resolve("none")).exitCode());
    }
}
