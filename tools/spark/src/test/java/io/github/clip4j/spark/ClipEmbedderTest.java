package io.github.clip4j.spark;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.Clip;
import io.github.clip4j.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipEmbedderTest {
    private static final int IMAGES = 40;
    private static final List<String> LABELS = List.of("a forest", "a stadium");
    private static final List<String> TEMPLATES = List.of("{}");

    @TempDir
    static Path folder;
    private static SparkSession spark;
    private static Clip clip;
    private static String model;
    private static final List<float[]> EMBEDDINGS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        spark = TestSpark.start("local[2]");
        model = TestSpark.model(folder.resolve("model")).toString();
        clip = Clip.open(model);
        for (int i = 0; i < IMAGES; i++) {
            EMBEDDINGS.add(clip.embedImage(TestSpark.image(file(i), i)));
        }
    }

    @AfterAll
    static void stop() {
        spark.stop();
        clip.close();
    }

    private static Path file(int image) {
        return folder.resolve("images/%02d.png".formatted(image));
    }

    private static Dataset<Row> images() {
        return spark.read().format("binaryFile").load(folder.resolve("images").toString()).repartitionByRange(3,
                col("path"));
    }

    private static ClipEmbedder embedder() {
        return new ClipEmbedder().setModel(model);
    }

    private static float[] vector(Row row, String column) {
        return Rows.vector(row, row.fieldIndex(column));
    }

    private static void assertEmbedded(List<Row> rows) {
        assertEquals(IMAGES, rows.size());
        for (int i = 0; i < IMAGES; i++) {
            assertArrayEquals(EMBEDDINGS.get(i), vector(rows.get(i), "embedding"), "image " + i);
            assertNull(rows.get(i).getAs("error"));
        }
    }

    @Test
    void imagesByContentAndByPath() {
        assertEmbedded(embedder().transform(images()).orderBy("path").collectAsList());
        assertEmbedded(embedder().setInputCol("path").transform(images().select("path")).orderBy("path")
                .collectAsList());
    }

    @Test
    void rowsKeepTheirOrder() {
        List<String> before = images().select("path").as(Encoders.STRING()).collectAsList();
        assertEquals(before, embedder().transform(images()).select("path").as(Encoders.STRING()).collectAsList());
    }

    @Test
    void texts() {
        List<String> texts = new ArrayList<>(List.of("a stadium", "", "word ".repeat(100)));
        for (int i = 0; i < 70; i++) {
            texts.add("number " + i);
        }
        Dataset<Row> rows = spark.createDataset(texts, Encoders.STRING()).toDF("text").coalesce(1);
        List<Row> embedded = embedder().setKind("text").setInputCol("text").transform(rows).collectAsList();
        for (int i = 0; i < texts.size(); i++) {
            if (i != 2) {
                assertArrayEquals(clip.embedTexts(List.of(texts.get(i))).getFirst(),
                        vector(embedded.get(i), "embedding"));
            }
        }
        assertNull(embedded.get(2).getAs("embedding"));
        String error = embedded.get(2).getAs("error");
        assertTrue(error.startsWith("text \"word word"), error);
    }

    @Test
    void faultsHaveTheirReason() throws IOException {
        byte[] whole = Files.readAllBytes(file(7));
        List<Row> rows = List.of(RowFactory.create((Object) whole),
                RowFactory.create((Object) Arrays.copyOf(whole, whole.length / 2)),
                RowFactory.create((Object) new byte[0]),
                RowFactory.create((Object) null), RowFactory.create((Object) whole));
        List<Row> embedded = embedder().transform(spark.createDataFrame(rows,
                new StructType().add("content", DataTypes.BinaryType)).coalesce(1)).collectAsList();
        assertArrayEquals(EMBEDDINGS.get(7), vector(embedded.get(0), "embedding"));
        assertArrayEquals(EMBEDDINGS.get(7), vector(embedded.get(4), "embedding"));
        List<String> errors = embedded.stream().map(row -> row.<String>getAs("error")).toList();
        assertTrue(errors.get(1).startsWith("image: is a truncated PNG image"), errors.get(1));
        assertEquals("image: is empty, expected an image", errors.get(2));
        assertNull(errors.get(3));
        for (int i = 1; i < 4; i++) {
            assertNull(embedded.get(i).getAs("embedding"));
        }
        String missing = folder + "/missing.png";
        Row row = embedder().setInputCol("path")
                .transform(spark.createDataset(List.of(missing), Encoders.STRING()).toDF("path")).first();
        assertTrue(row.<String>getAs("error").startsWith(missing + ": cannot be read"), row.toString());
    }

    @Test
    void settingsThatCannotBe() {
        String error = assertThrows(IllegalArgumentException.class,
                () -> new ClipEmbedder().setModel(folder + "/none").transform(images())).getMessage();
        assertTrue(error.startsWith(folder + "/none"), error);
        for (ClipEmbedder embedder : List.of(new ClipEmbedder(), embedder().setInputCol("x"),
                embedder().setInputCol("length"), embedder().setKind("text"), embedder().setOutputCol("path"),
                embedder().setModel("spark-files:none"))) {
            assertThrows(IllegalArgumentException.class, () -> embedder.transform(images()));
        }
        assertThrows(IllegalArgumentException.class, () -> embedder().setKind("sound"));
    }

    @Test
    void savedAndLoaded() throws IOException {
        spark.sparkContext().addFile(model, true);
        ClipEmbedder byFiles = new ClipEmbedder().setModel("spark-files:" + Path.of(model).getFileName());
        String saved = folder.resolve("pipeline").toString();
        new Pipeline().setStages(new PipelineStage[]{byFiles}).fit(images()).save(saved);
        assertEmbedded(PipelineModel.load(saved).transform(images()).orderBy("path").collectAsList());
        byFiles.save(folder.resolve("stage").toString());
        ClipEmbedder loaded = ClipEmbedder.load(folder.resolve("stage").toString());
        assertEquals(byFiles.uid(), loaded.uid());
        assertEquals(byFiles.extractParamMap().toString(), loaded.extractParamMap().toString());
    }

    @Test
    void oneModelForAllTasks() {
        LongAccumulator opened = spark.sparkContext().longAccumulator();
        ModelSpec spec = new ModelSpec(model, true); // which no other test uses
        Dataset<Row> rows = images().repartition(8);
        EmbedRows embed = new EmbedRows(spec, false, rows.schema().fieldIndex("content"), HadoopFiles.of(spark),
                opened);
        StructType schema = embedder().transformSchema(rows.schema());
        for (int i = 0; i < 2; i++) {
            assertEquals(IMAGES, rows.mapPartitions(embed, Encoders.row(schema)).where("error is null").count());
        }
        assertEquals(1, opened.value());
    }

    @Test
    void sqlFunctions() throws IOException {
        ClipFunctions.register(spark, model);
        images().createOrReplaceTempView("photos");
        List<Row> rows = spark.sql("select clip_embed_image(content) as embedding, "
                + "clip_similarity(clip_embed_image(content), clip_embed_text('a stadium')) as score, "
                + "clip_embed_image(cast('x' as binary)) as broken, clip_embed_text(null) as nothing from photos "
                + "order by path").collectAsList();
        float[] text = clip.embedTexts(List.of("a stadium")).getFirst();
        for (int i = 0; i < IMAGES; i++) {
            assertArrayEquals(EMBEDDINGS.get(i), vector(rows.get(i), "embedding"));
            assertEquals(Clip.similarity(EMBEDDINGS.get(i), text), rows.get(i).<Float>getAs("score"));
            assertTrue(rows.get(i).isNullAt(2) && rows.get(i).isNullAt(3));
        }
    }

    @Test
    void nearestLabels() {
        List<Row> rows = ClipDatasets
                .nearestLabels(embedder().transform(images()), "embedding", model, LABELS, TEMPLATES)
                .orderBy("path").collectAsList();
        for (int i = 0; i < IMAGES; i++) {
            Prediction best = clip.classify(EMBEDDINGS.get(i), clip.embedLabels(LABELS, TEMPLATES)).getFirst();
            assertEquals(best.label(), rows.get(i).getAs("label"));
            assertEquals(best.probability(), rows.get(i).<Float>getAs("probability"));
        }
    }

    @Test
    void nearDuplicates() {
        List<Float> all = new ArrayList<>();
        for (int a = 0; a < IMAGES; a++) {
            for (int b = a + 1; b < IMAGES; b++) {
                all.add(Clip.similarity(EMBEDDINGS.get(a), EMBEDDINGS.get(b)));
            }
        }
        float least = all.stream().sorted(Comparator.reverseOrder()).toList().get(100);
        Set<String> expected = new HashSet<>();
        for (int a = 0; a < IMAGES; a++) {
            for (int b = a + 1; b < IMAGES; b++) {
                float similarity = Clip.similarity(EMBEDDINGS.get(a), EMBEDDINGS.get(b));
                if (similarity >= least) {
                    expected.add("file:" + file(a) + " file:" + file(b) + " " + similarity);
                }
            }
        }
        Set<String> found = new HashSet<>();
        for (Row row : ClipDatasets.nearDuplicates(embedder().transform(images()), "path", "embedding", least)
                .collectAsList()) {
            assertTrue(found.add(row.getString(0) + " " + row.getString(1) + " " + row.getFloat(2)), row.toString());
        }
        assertEquals(expected, found);
    }
}
