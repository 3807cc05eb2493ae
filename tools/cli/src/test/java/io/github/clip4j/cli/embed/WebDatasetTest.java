package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.cli.TestTar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tars of images, as img2dataset writes them, through the commands. */
class WebDatasetTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;
    private static Path model;
    private static final List<byte[]> IMAGES = new ArrayList<>();
    private static final List<float[]> EMBEDDINGS = new ArrayList<>();

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        try (Clip clip = Clip.open(model)) {
            for (int i = 0; i < 6; i++) {
                Path image = TestData.image(folder.resolve(i + ".png"), i);
                IMAGES.add(Files.readAllBytes(image));
                EMBEDDINGS.add(clip.embedImage(image));
            }
        }
        // 00: whole, one image broken, one caption too long; 01: cut off; 02: not there; 03: whole
        new TestTar().file("00000.png", IMAGES.get(0)).file("00000.txt", "a cat")
                .file("00000.json", "{\"caption\": \"x\", \"width\": 60, \"exif\": {\"a\": [1, null]}}")
                .file("00001.png", "broken").file("00001.txt", "a dog")
                .file("00002.png", IMAGES.get(2)).file("00002.txt", "word ".repeat(100))
                .write(folder.resolve("00.tar"));
        byte[] tar = new TestTar().file("00010.png", IMAGES.get(3)).file("00011.png", IMAGES.get(4)).bytes();
        Files.write(folder.resolve("01.tar"), Arrays.copyOf(tar, tar.length - 2000));
        new TestTar().file("00030.png", IMAGES.get(5)).file("00030.json", "no JSON").write(folder.resolve("03.tar"));
    }

    private static String tars() {
        return folder + "/{00..03}.tar";
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static void assertLeftOut(Run run, String... parts) {
        assertEquals(1, run.exitCode(), run.err());
        List<String> told = run.err().lines().takeWhile(line -> !line.contains(": left out ")).toList();
        assertEquals(parts.length, told.size(), run.err());
        for (int i = 0; i < parts.length; i++) {
            assertTrue(told.get(i).startsWith("clip: ") && told.get(i).contains(parts[i]), told.get(i));
        }
    }

    @Test
    void oneFile() throws IOException {
        Path output = folder.resolve("e.jsonl");
        Run run = Run.clip("embed", "--images", tars(), folder.resolve("1.png"), "--output", output, "--model", model);
        assertLeftOut(run, "00.tar/00001.png: is ", "01.tar: is damaged", "02.tar: there is no such file");
        List<JsonNode> lines = lines(output);
        List<String> names = List.of("00000", "00002", "00010", "00030", folder.resolve("1.png").toString());
        int[] images = {0, 2, 3, 5, 1};
        assertEquals(names, lines.stream().map(line -> line.get("image").textValue()).toList());
        for (int i = 0; i < images.length; i++) {
            assertEquals(JSON.valueToTree(EMBEDDINGS.get(images[i])).toString(),
                    lines.get(i).get("embedding").toString());
        }
        assertEquals("a cat", lines.getFirst().get("caption").textValue());
        assertTrue(lines.getLast().get("caption").isNull());
    }

    @Test
    void shards() throws IOException {
        Path output = folder.resolve("shards");
        Run run = Run.clip("embed", "--images", tars(), "--output", output, "--shard", 1, "--model", model);
        assertLeftOut(run, "00.tar/00001.png: is ", "01.tar: is damaged", "02.tar: there is no such file",
                "00002: text \"word word", "00030: its metadata are not JSON");
        assertArrayEquals(EMBEDDINGS.get(0), npy(output.resolve("img_emb/img_emb_0.npy")));
        assertArrayEquals(EMBEDDINGS.get(3), npy(output.resolve("img_emb/img_emb_1.npy")));
        try (Clip clip = Clip.open(model)) {
            assertArrayEquals(clip.embedTexts(List.of("a cat")).getFirst(),
                    npy(output.resolve("text_emb/text_emb_0.npy")));
            assertArrayEquals(clip.embedTexts(List.of("")).getFirst(),
                    npy(output.resolve("text_emb/text_emb_1.npy")));
        }
        assertEquals("[{\"image_path\":\"00000\",\"caption\":\"a cat\",\"width\":60,\"exif\":{\"a\":[1,null]}}]",
                lines(output.resolve("metadata/metadata_0.jsonl")).toString());
        assertEquals("[{\"image_path\":\"00010\",\"caption\":\"\"}]",
                lines(output.resolve("metadata/metadata_1.jsonl")).toString());
        try (var files = Files.walk(output)) {
            assertEquals(6, files.filter(Files::isRegularFile).count());
        }
        Run again = Run.clip("embed", "--images", tars(), "--output", output, "--shard", 1, "--model", model);
        assertEquals(1, again.exitCode());
        assertTrue(again.err().contains("holds files of another run"), again.err());
    }

    private static float[] npy(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] row = new float[8];
        bytes.position(128).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
        assertEquals(128 + 32, bytes.capacity());
        return row;
    }

    @Test
    void index() throws IOException {
        Path tar = new TestTar().file("a.png", IMAGES.get(0)).file("d/b.png", IMAGES.get(1)).file("d/b.txt", "b")
                .write(folder.resolve("i0.tar")).toRealPath();
        Path index = folder.resolve("index");
        String both = folder + "/i{0..1}.tar";
        Run run = Run.clip("index", both, "--index", index, "--model", model);
        assertLeftOut(run, "i1.tar: there is no such file");
        assertTrue(run.out().contains("2 images (2 new"), run.out());
        Path page = folder.resolve("page.html");
        Run search = Run.clip("search", "--index", index, "--image", folder.resolve("1.png"), "--model", model,
                "--html", page);
        assertTrue(search.lines().getFirst().endsWith("  1.0000  60x40  " + tar + "/d/b.png"), search.out());
        assertEquals(2, Files.readString(page).split("data:image/jpeg", -1).length - 1);

        new TestTar().file("a.png", IMAGES.get(0)).file("c.png", IMAGES.get(2)).write(tar);
        run = Run.clip("index", tar, "--index", index, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("2 images (1 new, 0 changed, 1 moved, copied or touched, 1 removed"), run.out());
        Files.write(tar, new byte[100]);
        run = Run.clip("index", tar, "--index", index, "--model", model);
        assertLeftOut(run, "i0.tar: is damaged");
        assertTrue(run.out().contains("2 images (0 new, 0 changed, 0 moved, copied or touched, 0 removed"), run.out());
    }
}
