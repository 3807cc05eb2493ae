package io.github.clip4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.Clip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All photographs of RSICD in two executors, JVMs of their own with one core each. */
@Tag("slow")
class ClusterTest {
    private static final Path RSICD = Path.of(System.getProperty("shared"), "rsicd/rsicd_images");

    @TempDir
    static Path folder;
    private static SparkSession spark;
    private static String model;
    private static List<String> files;
    private static final Map<String, float[]> EXPECTED = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isDirectory(RSICD), "no reference data at " + RSICD);
        model = TestSpark.model(folder.resolve("model")).toString();
        // with these Spark gives executors the class path of this JVM
        System.setProperty("spark.testing", "true");
        System.setProperty("spark.test.home",
                Files.createDirectories(folder.resolve("spark/jars")).getParent().toString());
        spark = TestSpark.start("local-cluster[2,1,2048]");
        files = HadoopFiles.of(spark).images(RSICD.toString());
        try (Clip clip = Clip.open(model)) {
            for (int first = 0; first < files.size(); first += 32) {
                List<String> batch = files.subList(first, Math.min(first + 32, files.size()));
                List<float[]> vectors = clip.embedImages(batch.stream()
                        .map(file -> clip.readImage(Path.of(file.substring("file:".length())))).toList());
                for (int i = 0; i < batch.size(); i++) {
                    EXPECTED.put(batch.get(i), vectors.get(i));
                }
            }
        }
    }

    @AfterAll
    static void stop() {
        if (spark != null) {
            spark.stop();
        }
        System.clearProperty("spark.testing");
        System.clearProperty("spark.test.home");
    }

    /** Returns how many models were opened. */
    private static long embed(Path output) {
        LongAccumulator opened = spark.sparkContext().longAccumulator();
        EmbedInputs inputs = new EmbedInputs(new ModelSpec(model, false), false, HadoopFiles.of(spark), opened);
        long begun = System.nanoTime();
        new EmbedBatches(spark, inputs, output.toString(), 256).run(files, 4096);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(Locale.ROOT, "%d images in %.1f s, %.1f a second; models opened: %d%n", files.size(), seconds,
                files.size() / seconds, opened.value());
        return opened.value();
    }

    private static void assertWhole(Path output) {
        List<Row> rows = spark.read().parquet(output.toString()).select("name", "embedding", "error").collectAsList();
        assertEquals(files, rows.stream().map(row -> row.getString(0)).sorted().toList());
        for (Row row : rows) {
            assertTrue(Arrays.equals(EXPECTED.get(row.getString(0)), Rows.vector(row, 1)), row.getString(0));
        }
    }

    @Test
    void oneModelInEachExecutor() {
        Path output = folder.resolve("whole");
        assertEquals(2, embed(output));
        assertWhole(output);
    }

    @Test
    void executorKilled() throws InterruptedException {
        Path output = folder.resolve("killed");
        CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> {
            awaitFile(output.resolve("batch=0/_SUCCESS"));
            List<ProcessHandle> executors = executors();
            System.out.println("killed one of " + executors.size() + " executors");
            assertEquals(2, executors.size());
            executors.getFirst().destroyForcibly();
        });
        embed(output);
        kill.join();
        assertWhole(output);
    }

    private static void awaitFile(Path file) {
        try {
            while (!Files.exists(file)) {
                Thread.sleep(100); // nobody tells
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The only JVMs that this one has started. */
    private static List<ProcessHandle> executors() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.filter(child -> child.info().command().orElse("").endsWith("/java")).toList();
        }
    }
}
