package io.github.clip4j.cli.search;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.cli.vectors.IndexRow;
import io.github.clip4j.cli.vectors.NpyWriter;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.ModelId;
import io.github.clip4j.search.SearchQuery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code clip export} and {@code clip import}. */
class ExportCommandTest {
    private static final int IMAGES = 50;
    private static final int DIMENSION = 6;
    private static final String SHA = "0123456789abcdef".repeat(4);

    @TempDir
    static Path folder;
    private static Path index;

    @BeforeAll
    static void files() throws IOException {
        index = folder.resolve("index");
        Random random = new Random(1);
        try (ImageIndexWriter writer = ImageIndexWriter.open(index, new ModelId("small \"ü\"", SHA), DIMENSION,
                false)) {
            for (int i = 0; i < IMAGES; i++) {
                writer.put(
                        new IndexedImage("/photos/\"%d\" ü\n.jpg".formatted(i * 7 % IMAGES), i, 1_700_000_000_000L + i,
                                i % 2 == 0 ? SHA : "", 640, i),
                        unit(random));
                if (i % 20 == 0) {
                    writer.commit();
                }
            }
            writer.commit();
        }
        Files.createDirectories(folder.resolve("new"));
        TestData.model(folder.resolve("model"));
        badFiles();
    }

    private static float[] unit(Random random) {
        float[] vector = new float[DIMENSION];
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    private static final String ROW = "{\"path\": \"a\", \"model_sha256\": \"" + SHA + "\"";

    private static void badFiles() throws IOException {
        npy("good", "'<f4'", "False", "(2, 2)", 1, 16, 2);
        npy("doubles", "'<f8'", "False", "(2, 2)", 1, 32, 2);
        npy("big-endian", "'>f4'", "False", "(2, 2)", 1, 16, 2);
        npy("fortran", "'<f4'", "True", "(2, 2)", 1, 16, 2);
        npy("flat", "'<f4'", "False", "(4,)", 1, 16, 2);
        npy("huge", "'<f4'", "False", "(999999999999, 4096)", 1, 16, 2);
        npy("wide", "'<f4'", "False", "(1, 999999999999)", 1, 16, 2);
        npy("short", "'<f4'", "False", "(2, 2)", 1, 15, 2);
        npy("long", "'<f4'", "False", "(2, 2)", 2, 17, 2);
        npy("few-lines", "'<f4'", "False", "(2, 2)", 1, 16, 1);
        npy("many-lines", "'<f4'", "False", "(2, 2)", 1, 16, 3);
        npy("version", "'<f4'", "False", "(2, 2)", 9, 16, 2);
        npy("no-rows", "'<f4'", "False", "(0, 2)", 1, 0, 0);
        Files.delete(npy("no-lines", "'<f4'", "False", "(2, 2)", 1, 16, 2));
        Files.writeString(folder.resolve("text.npy"), "not an array");
        Files.writeString(folder.resolve("text.names.jsonl"), "");
        Files.writeString(folder.resolve("nameless.jsonl"), "{\"path\": \"a\", \"embedding\": [1, 0]}\n");
        Files.writeString(folder.resolve("vectorless.jsonl"), ROW + "}\n");
        Files.writeString(folder.resolve("pathless.jsonl"), ROW.replace("path", "x") + ", \"embedding\": [1, 0]}\n");
        Files.writeString(folder.resolve("no-unit.jsonl"), ROW + ", \"embedding\": [1, 0]}\n" + ROW
                + ", \"embedding\": [1, 1]}\n");
        Files.writeString(folder.resolve("lengths.jsonl"), ROW + ", \"embedding\": [1, 0]}\n" + ROW
                + ", \"embedding\": [1, 0, 0]}\n");
        Files.writeString(folder.resolve("models.jsonl"), ROW + ", \"embedding\": [1, 0]}\n"
                + ROW.replace('0', '1') + ", \"embedding\": [1, 0]}\n");
        Files.writeString(folder.resolve("strings.jsonl"), ROW + ", \"embedding\": [\"1\", 0]}\n");
        Files.writeString(folder.resolve("endless.jsonl"), ROW + ", \"embedding\": [1" + ", 0".repeat(5000) + "]}\n");
        Files.writeString(folder.resolve("cut.jsonl"), ROW + ", \"embedding\": [1, 0");
        Files.writeString(folder.resolve("numbers.jsonl"), ROW + ", \"width\": 1e3, \"embedding\": [1, 0]}\n");
        Files.writeString(folder.resolve("hash.jsonl"), ROW + ", \"sha256\": \"abc\", \"embedding\": [1, 0]}\n");
        Files.writeString(folder.resolve("list.jsonl"), "[1, 2]\n");
        Files.write(folder.resolve("latin1.jsonl"), new byte[]{'{', '"', (byte) 0xe4, '"'});
        safetensors("other", "other", new long[]{2, 2}, Map.of());
        safetensors("flat", "embeddings", new long[]{4}, Map.of());
        safetensors("nameless", "embeddings", new long[]{2, 2}, Map.of());
        safetensors("few", "embeddings", new long[]{2, 2}, Map.of("names", "[\"a\"]", "details", "[{},{}]",
                IndexRow.MODEL_SHA256, SHA));
        safetensors("broken", "embeddings", new long[]{2, 2}, Map.of("names", "[\"a\"", "details", "[{}"));
        safetensors("object", "embeddings", new long[]{2, 2}, Map.of("names", "{}", "details", "{}"));
    }

    /** An array of zeros with two lines beside it; returns the file of the lines. */
    private static Path npy(String name, String type, String fortran, String shape, int version, int bytes, int lines)
            throws IOException {
        byte[] header = "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(type, fortran, shape)
                .getBytes(ISO_8859_1);
        ByteBuffer file = ByteBuffer.allocate(200 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put("\u0093NUMPY".getBytes(ISO_8859_1)).put((byte) version).put((byte) 0);
        if (version == 1) {
            file.putShort((short) header.length);
        } else {
            file.putInt(header.length);
        }
        file.put(header).put(new byte[bytes]);
        Files.write(folder.resolve(name + ".npy"), Arrays.copyOf(file.array(), file.position()));
        return Files.writeString(folder.resolve(name + ".names.jsonl"), (ROW + "}\n").repeat(lines));
    }

    private static void safetensors(String name, String tensor, long[] shape, Map<String, String> metadata) {
        SafetensorsWriter.write(folder.resolve(name + ".safetensors"), List.of(Tensor.of(tensor, new float[4], shape)),
                metadata);
    }

    private static List<List<Hit>> hits(Path folder) {
        Random random = new Random(2);
        List<List<Hit>> hits = new ArrayList<>();
        try (ImageIndex images = ImageIndex.open(folder)) {
            for (int q = 0; q < 20; q++) {
                hits.add(images.search(SearchQuery.of(unit(random), 10)));
            }
            assertEquals(new ModelId("small \"ü\"", SHA), images.model());
        }
        return hits;
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "safetensors", "jsonl"})
    void whatIsImportedIsFoundWithTheSameBits(String format) throws IOException {
        Path file = folder.resolve("round." + format);
        Path other = folder.resolve("other-" + format);
        Run exported = Run.clip("export", "--index", index, "--output", file);
        assertEquals(0, exported.exitCode(), exported.err());
        Run imported = Run.clip("import", file, "--index", other);
        assertEquals(0, imported.exitCode(), imported.err());
        assertEquals(other + ": 50 images, of them 50 of " + file + "\n", imported.out());
        assertEquals(hits(index), hits(other));
        assertEquals(0, Run.clip("import", file, "--index", other).exitCode(), "again");
        assertEquals(hits(index), hits(other));
        Path again = folder.resolve("again." + format);
        assertEquals(0, Run.clip("export", "--index", other, "--output", again).exitCode());
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
        if (format.equals("npy")) {
            assertEquals(Files.readString(NpyWriter.namesFile(file)), Files.readString(NpyWriter.namesFile(again)));
        }
    }

    @Test
    void theUserNamesTheModelWhereTheFileDoesNot() throws IOException {
        Path model = folder.resolve("model");
        Path into = folder.resolve("named");
        Run run = Run.clip("import", folder.resolve("nameless.jsonl"), "--index", into, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        try (ImageIndex images = ImageIndex.open(into)) {
            assertEquals(ModelId.of("model", model), images.model());
            assertEquals(new IndexedImage("a", 0, 0, "", 0, 0), images.byPath("a").orElseThrow());
        }
        Path file = folder.resolve("named.jsonl");
        Run.clip("export", "--index", index, "--output", file);
        Run other = Run.clip("import", file, "--index", folder.resolve("new/x"), "--model", model);
        assertEquals(1, other.exitCode());
        assertTrue(other.err().contains("named.jsonl: was made with the model small"), other.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            2 | x.csv: expected a name that ends in .npy  | export --index @/index --output @/x.csv
            1 | none: there is no index                   | export --index @/none --output @/x.npy
            1 | there is no folder                        | export --index @/index --output @/none/x.npy
            2 | x.csv: expected a name that ends in .npy  | import @/x.csv --index @/new
            1 | none.npy: there is no such file           | import @/none.npy --index @/new
            1 | expected a .npy file of version           | import @/text.npy --index @/new
            1 | of version 1 to 3                         | import @/version.npy --index @/new
            1 | is of type <f8 in C order, expected <f4   | import @/doubles.npy --index @/new
            1 | is of type >f4 in C order, expected <f4   | import @/big-endian.npy --index @/new
            1 | is of type <f4 in Fortran order, expected | import @/fortran.npy --index @/new
            1 | has the shape (4,), expected (n, d)       | import @/flat.npy --index @/new
            1 | bytes, expected 1638399999998             | import @/huge.npy --index @/new
            1 | has the shape (1, 999999999999), expected | import @/wide.npy --index @/new
            1 | bytes, expected                           | import @/short.npy --index @/new
            1 | bytes, expected                           | import @/long.npy --index @/new
            1 | row 1: a: a vector of 2 elements and length 0.0 | import @/few-lines.npy --index @/new
            1 | no-lines.names.jsonl with a line of JSON  | import @/no-lines.npy --index @/new
            1 | has no vectors                            | import @/no-rows.npy --index @/new
            1 | does not tell which model                 | import @/nameless.jsonl --index @/new
            1 | row 1: expected an object with "embedding" | import @/vectorless.jsonl --index @/new
            1 | row 1: expected a "path"                  | import @/pathless.jsonl --index @/new
            1 | row 2: a: a vector of 2 elements and length 1.41 | import @/no-unit.jsonl --index @/new
            1 | row 2: a: a vector of 3 elements          | import @/lengths.jsonl --index @/new
            1 | row 2 is of the model unnamed (112345678  | import @/models.jsonl --index @/new
            1 | row 1: expected "embedding" to be an array | import @/strings.jsonl --index @/new
            1 | array of at most 4096 numbers             | import @/endless.jsonl --index @/new
            1 | cut.jsonl: row 1:                         | import @/cut.jsonl --index @/new
            1 | row 1: expected "width" to be an integer  | import @/numbers.jsonl --index @/new
            1 | row 1: expected a SHA-256                 | import @/hash.jsonl --index @/new
            1 | row 1: expected an object                 | import @/list.jsonl --index @/new
            1 | is not UTF-8                              | import @/latin1.jsonl --index @/new
            1 | embeddings                                | import @/other.safetensors --index @/new
            1 | is F32 [4], expected F32 [n, d]           | import @/flat.safetensors --index @/new
            1 | has no "names" in its metadata            | import @/nameless.safetensors --index @/new
            1 | row 1: a: a vector of 2 elements and length 0.0 | import @/few.safetensors --index @/new
            1 | does not tell which model                 | import @/broken.safetensors --index @/new
            1 | "names" in its metadata is no array       | import @/object.safetensors --index @/new
            1 | has vectors of 6 elements, expected 2     | import @/good.npy --index @/index
            1 | not with model                            | import @/nameless.jsonl --index @/index --model @/model
            """)
    void badInputIsToldInOneLine(int exitCode, String message, String line) {
        Run run = Run.clip(Arrays.stream(line.split(" ")).map(word -> word.replace("@", folder.toString())).toArray());
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains(message), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals("", run.out());
        assertEquals(IMAGES, hits(index).size() + 30, "the index is as it was");
    }
}
