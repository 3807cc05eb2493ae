package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;
    private static Path model;
    private static Path photos;
    /** In the order in which the folder is walked, more than one batch. */
    private static final List<String> IMAGES = new ArrayList<>();
    private static final List<float[]> EMBEDDINGS = new ArrayList<>();

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        photos = Files.createDirectories(folder.resolve("photos"));
        Files.createDirectories(photos.resolve("b"));
        Files.writeString(photos.resolve("notes.txt"), "not an image, and not taken for one");
        for (int i = 0; i < 40; i++) {
            String name = (i < 10 ? "a%02d.png" : i < 30 ? "b/ü %02d.PNG" : "c%02d.jpeg").formatted(i);
            IMAGES.add(TestData.image(photos.resolve(name), i).toString());
        }
        Files.writeString(photos.resolve("b/x.png"), "broken");
        try (Clip clip = Clip.open(model)) {
            for (String image : IMAGES) {
                EMBEDDINGS.add(clip.embedImage(Path.of(image)));
            }
        }
    }

    private static void embedPhotos(Path output) {
        Run run = Run.clip("embed", "--images", photos, "--output", output, "--model", model, "--threads", 1);
        assertEquals(1, run.exitCode(), run.err());
        assertEquals("", run.out());
        String broken = photos.resolve("b/x.png") + ": is a file";
        List<String> err = run.err().lines().toList();
        assertEquals(3, err.size(), run.err());
        assertTrue(err.get(0).startsWith("clip: " + broken), run.err());
        assertEquals("clip: left out 1 of 41 images:", err.get(1));
        assertTrue(err.get(2).startsWith("  " + broken), run.err());
    }

    @Test
    void npy() throws IOException {
        Path output = folder.resolve("e.npy");
        embedPhotos(output);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(output)).order(ByteOrder.LITTLE_ENDIAN);
        int header = 10 + bytes.getShort(8);
        assertEquals(0, header % 64);
        String text = new String(bytes.array(), 0, header, StandardCharsets.ISO_8859_1);
        assertTrue(
                text.matches("\u0093NUMPY\1\0..\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(40, 8\\), } *\n"),
                text);
        assertEquals(header + 40 * 8 * 4, bytes.capacity());
        bytes.position(header);
        for (float[] embedding : EMBEDDINGS) {
            float[] row = new float[8];
            for (int i = 0; i < row.length; i++) {
                row[i] = bytes.getFloat();
            }
            assertArrayEquals(embedding, row);
        }
        List<String> names = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("e.names.jsonl"))) {
            names.add(JSON.readTree(line).get("image").textValue());
        }
        assertEquals(IMAGES, names);
    }

    @Test
    void safetensors() throws IOException {
        Path output = folder.resolve("e.safetensors");
        embedPhotos(output);
        try (Checkpoint file = Checkpoint.open(output)) {
            assertEquals(List.of(40L, 8L), file.tensor("embeddings").shape());
            float[] rows = file.tensor("embeddings").floats();
            for (int i = 0; i < 40; i++) {
                assertArrayEquals(EMBEDDINGS.get(i), java.util.Arrays.copyOfRange(rows, 8 * i, 8 * i + 8), "row " + i);
            }
            assertEquals(JSON.valueToTree(IMAGES), JSON.readTree(file.metadata().get("names")));
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".tmp")).toList());
        }
    }

    @Test
    void jsonLines() throws IOException {
        Path output = folder.resolve("e.jsonl");
        embedPhotos(output);
        List<String> lines = Files.readAllLines(output);
        assertEquals(40, lines.size());
        for (int i = 0; i < 40; i++) {
            JsonNode line = JSON.readTree(lines.get(i));
            assertEquals(IMAGES.get(i), line.get("image").textValue());
            for (int d = 0; d < 8; d++) {
                assertEquals(EMBEDDINGS.get(i)[d], line.get("embedding").get(d).floatValue(), "row " + i);
            }
        }
    }

    @Test
    void textsKeepTheirLines() throws IOException {
        String tooLong = "word ".repeat(200);
        Path texts = Files.writeString(folder.resolve("texts.txt"), "a cat\n\n" + tooLong + "\n a \"dog\"\n");
        Path output = folder.resolve("t.jsonl");
        Run run = Run.clip("embed", "--texts", texts, "--output", output, "--model", model);
        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: " + texts + ":3: text \"word word"), run.err());
        try (Clip clip = Clip.open(model)) {
            List<String> kept = List.of("a cat", "", " a \"dog\"");
            List<float[]> expected = clip.embedTexts(kept);
            List<String> lines = Files.readAllLines(output);
            assertEquals(3, lines.size());
            for (int i = 0; i < 3; i++) {
                JsonNode line = JSON.readTree(lines.get(i));
                assertEquals(kept.get(i), line.get("text").textValue());
                assertEquals(JSON.valueToTree(expected.get(i)).toString(), line.get("embedding").toString());
            }
        }
        assertEquals(0, Run.clip("embed", "--texts", texts, "--output", output, "--model", model, "--truncate")
                .exitCode());
        assertEquals(4, Files.readAllLines(output).size());
    }
}
