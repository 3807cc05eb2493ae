package io.github.clip4j.cli.embed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images by standard input, by lists of names, and turned. */
class ImageInputTest {
    @TempDir
    static Path folder;
    private static Path model;
    private static Path image;
    private static Path other;

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        image = TestData.image(folder.resolve("a b\n.png"), 1);
        other = TestData.image(folder.resolve("other.png"), 2);
    }

    private static Run clip(byte[] standardInput, Object... args) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(standardInput));
        try {
            return Run.clip(Stream.concat(Stream.of(args), Stream.of("--model", model)).toArray());
        } finally {
            System.setIn(before);
        }
    }

    private static String embedding(Run run, Path output) throws IOException {
        assertEquals(0, run.exitCode(), run.err());
        return Files.readString(output).replaceFirst("^\\{\"image\":\".*?\",", "");
    }

    @Test
    void standardInput() throws IOException {
        Run direct = Run.clip("classify", other, "--labels", "a,b", "--model", model);
        assertEquals(0, direct.exitCode(), direct.err());
        assertEquals(direct, clip(Files.readAllBytes(other), "classify", "-", "--labels", "a,b"));
        Path output = folder.resolve("x.jsonl");
        String expected = embedding(Run.clip("embed", "--images", other, "--output", output, "--model", model), output);
        assertEquals(expected,
                embedding(clip(Files.readAllBytes(other), "embed", "--images", "-", "--output", output), output));
        Run empty = clip(new byte[0], "classify", "-", "--labels", "a,b");
        assertEquals("clip: standard input: is empty, expected an image",
                empty.err().lines().findFirst().orElseThrow());
    }

    @Test
    void listsOfNames() throws IOException {
        Run both = Run.clip("classify", image, other, "--labels", "a,b", "--model", model);
        byte[] names = (image + "\0" + other + "\0").getBytes(UTF_8);
        Path list = Files.write(folder.resolve("list"), names);
        assertEquals(both, clip(new byte[0], "classify", "--images-from", list, "--null", "--labels", "a,b"));
        assertEquals(both, clip(names, "classify", "--images-from", "-", "--null", "--labels", "a,b"));
        Path output = folder.resolve("y.npy");
        for (String lines : List.of(other + "\n" + other, other + "\r\n\r\n" + other + "\r\n")) {
            Run run = clip(lines.getBytes(UTF_8), "embed", "--images-from", "-", "--output", output);
            assertEquals(0, run.exitCode(), run.err());
            assertEquals(2, Files.readAllLines(folder.resolve("y.names.jsonl")).size());
        }
        assertEquals(1, clip(new byte[0], "classify", "--images-from", "-", "--labels", "a").exitCode());
        assertEquals(1, clip(new byte[]{-1}, "classify", "--images-from", "-", "--labels", "a").exitCode());
        assertEquals(1, clip(new byte[0], "classify", "--images-from", "none", "--labels", "a").exitCode());
        assertEquals(2, clip(new byte[0], "classify", "--labels", "a").exitCode());
        assertEquals(2, clip(new byte[0], "classify", other, "--null", "--labels", "a").exitCode());
        assertEquals(2, clip(new byte[0], "embed", "--null", "--output", output).exitCode());
        assertEquals(2, clip(new byte[0], "classify", other, "--images-from", list, "--labels", "a").exitCode());
    }

    /** A JPEG whose Exif says that the camera lay on its side. */
    private static Path turned(Path file) throws IOException {
        byte[] jpeg = new RgbImage(60, 40, noise()).jpeg();
        byte[] exif = HexFormat.of().parseHex("ffd8" + "ffe1" + "0022" + "457869660000" + "4d4d002a00000008"
                + "0001" + "0112" + "0003" + "00000001" + "00060000" + "00000000");
        byte[] both = Arrays.copyOf(exif, exif.length + jpeg.length - 2);
        System.arraycopy(jpeg, 2, both, exif.length, jpeg.length - 2);
        return Files.write(file, both);
    }

    private static byte[] noise() {
        byte[] pixels = new byte[3 * 60 * 40];
        new Random(3).nextBytes(pixels);
        return pixels;
    }

    @Test
    void orientation() throws IOException {
        Path photos = Files.createDirectories(folder.resolve("photos"));
        Path photo = turned(photos.resolve("turned.jpg"));
        Path output = folder.resolve("z.jsonl");
        String stored = embedding(Run.clip("embed", "--images", photo, "--output", output, "--model", model), output);
        String seen = embedding(
                Run.clip("embed", "--images", photo, "--orientation", "exif", "--output", output, "--model",
                        model),
                output);
        assertNotEquals(stored, seen);
        Path index = folder.resolve("index");
        assertEquals(0, Run.clip("index", photos, "--index", index, "--model", model).exitCode());
        assertTrue(exported(index).contains(seen.replaceAll(".*\"embedding\":", "").strip()), "index turns");
        Run search = Run.clip("search", "--index", index, "--text", "x", "--model", model, "--top", 1);
        assertTrue(search.out().contains("  40x60  "), search.out());
        assertEquals(0,
                Run.clip("index", photos, "--index", folder.resolve("index2"), "--orientation", "none", "--model",
                        model).exitCode());
        assertTrue(exported(folder.resolve("index2")).contains(stored.replaceAll(".*\"embedding\":", "").strip()));
    }

    private static String exported(Path index) throws IOException {
        Path file = folder.resolve("exported.jsonl");
        assertEquals(0, Run.clip("export", "--index", index, "--output", file).exitCode());
        return Files.readString(file);
    }
}
