package io.github.clip4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.Clip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedJobTest {
    @TempDir
    static Path folder;
    private static SparkSession spark;
    private static String model;
    private static Clip clip;

    @BeforeAll
    static void start() throws IOException {
        spark = TestSpark.start("local[2]");
        model = TestSpark.model(folder.resolve("model")).toString();
        clip = Clip.open(model);
        for (int i = 0; i < 10; i++) {
            TestSpark.image(folder.resolve("images/" + i + ".png"), i);
        }
        Files.writeString(folder.resolve("images/3.png"), "broken");
        byte[] tar = tar("0001.png", Files.readAllBytes(folder.resolve("images/1.png")), "0001.txt", "a cat".getBytes(),
                "0001.json", "{\"url\": \"u\"}".getBytes(), "0002.png",
                Files.readAllBytes(folder.resolve("images/2.png")),
                "0002.txt", "word ".repeat(100).getBytes());
        Files.write(folder.resolve("0.tar"), tar);
        Files.write(folder.resolve("1.tar"), Arrays.copyOf(tar, tar.length / 2));
    }

    @AfterAll
    static void stop() {
        spark.stop();
        clip.close();
    }

    private static byte[] tar(Object... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = (byte[]) namesAndContents[i + 1];
                TarArchiveEntry entry = new TarArchiveEntry((String) namesAndContents[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private record Run(int exitCode, String err) {}

    private static Run job(Object... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err));
        try {
            return new Run(EmbedJob.run(Stream.of(args).map(Object::toString).toArray(String[]::new)), err.toString());
        } finally {
            System.setErr(before);
        }
    }

    private static List<Row> read(Path output) {
        return spark.read().parquet(output.toString()).orderBy("name").collectAsList();
    }

    private static float[] vector(Row row, String column) {
        return Rows.vector(row, row.fieldIndex(column));
    }

    private static Map<String, Long> times(Path output) throws IOException {
        try (Stream<Path> files = Files.walk(output)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .collect(Collectors.toMap(Path::toString, file -> file.toFile().lastModified()));
        }
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        Path output = folder.resolve("out");
        Object[] args = {"--images", folder.resolve("images"), "--output", output, "--model", model, "--batch", 4,
                "--task", 2};
        assertEquals(new Run(0, ""), job(args));
        List<Row> rows = read(output);
        assertEquals(10, rows.size());
        for (int i = 0; i < 10; i++) {
            Path file = folder.resolve("images/" + i + ".png");
            assertEquals("file:" + file, rows.get(i).getAs("name"));
            if (i == 3) {
                String error = rows.get(i).getAs("error");
                assertTrue(rows.get(i).isNullAt(1) && error.startsWith("file:" + file + ": is a file"), error);
            } else {
                assertArrayEquals(clip.embedImage(file), vector(rows.get(i), "embedding"));
            }
        }
        Map<String, Long> before = times(output);
        assertEquals(5, before.size(), "two tasks each of two batches, and one");
        Files.delete(output.resolve("batch=1/_SUCCESS")); // as if it had been killed in the second
        assertEquals(new Run(0, ""), job(args));
        Map<String, Long> after = times(output);
        before.keySet().removeIf(file -> file.contains("batch=1"));
        assertEquals(5, after.size());
        assertTrue(after.entrySet().containsAll(before.entrySet()));
        assertEquals(rows, read(output));

        args[7] = 5;
        Run other = job(args);
        assertEquals(1, other.exitCode());
        assertTrue(other.err().startsWith("clip-embed: " + output + ": was begun with [model "), other.err());
        args[7] = 4;
        args[3] = folder;
        assertTrue(job(args).err().contains("is not empty, and not of such a job"));
    }

    @Test
    void tars() {
        Path output = folder.resolve("tars");
        assertEquals(new Run(0, ""), job("--images", folder + "/{0..2}.tar", "--output", output, "--model", model,
                "--captions"));
        List<Row> rows = read(output);
        assertEquals(List.of(folder + "/1.tar", folder + "/2.tar", "0001", "0001", "0002"),
                rows.stream().map(row -> row.<String>getAs("name")).toList());
        for (Row row : rows.subList(2, 4)) {
            assertArrayEquals(clip.embedImage(folder.resolve("images/1.png")), vector(row, "embedding"));
            assertArrayEquals(clip.embedTexts(List.of("a cat")).getFirst(), vector(row, "caption_embedding"));
            assertEquals("{\"url\": \"u\"}", row.getAs("metadata"));
        }
        assertArrayEquals(clip.embedImage(folder.resolve("images/2.png")), vector(rows.get(4), "embedding"));
        List<String> errors = rows.stream().map(row -> row.<String>getAs("error")).toList();
        assertTrue(errors.get(4).startsWith("text \"word word"), errors.get(4));
        assertTrue(errors.get(0).startsWith(folder + "/1.tar: is damaged"), errors.get(0));
        assertTrue(errors.get(1).startsWith(folder + "/2.tar: cannot be read"), errors.get(1));
    }

    @Test
    void whatCannotBe() {
        Run none = job("--images", folder.resolve("images"), "--output", folder.resolve("x"), "--model",
                folder.resolve("none"));
        assertEquals(1, none.exitCode());
        assertTrue(none.err().startsWith("clip-embed: " + folder.resolve("none") + ": expected a model folder"),
                none.err());
        assertEquals(1, job("--images", folder.resolve("nothing"), "--output", folder.resolve("x"), "--model", model)
                .exitCode());
        assertEquals(1, job("--images", "{}.tar", "--output", folder.resolve("x"), "--model", model).exitCode());
        assertEquals(2, job("--images", "x").exitCode());
    }
}
