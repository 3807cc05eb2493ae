package io.github.clip4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.hub.HubException;
import io.github.clip4j.image.RgbImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTest {
    private static final Path SHARED = Path.of(System.getProperty("shared"));
    private static final List<String> TEXTS = List.of("", "a", "an aerial photograph of a stadium",
            "farmland with a river and a few houses along the road", "beach");

    @TempDir
    private static Path folder;
    private static Clip clip;

    @BeforeAll
    static void open() {
        clip = Clip.open(TinyModel.write(folder, TinyModel.CONFIG));
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    @Test
    void aModelIsOpenedByItsPathAsAString() {
        try (Clip other = Clip.open(folder.toString())) {
            assertSame(clip.embedTexts(TEXTS), other.embedTexts(TEXTS), "path as a string");
        }
        assertThrows(HubException.class, () -> Clip.open("no-model"));
    }

    @Test
    void textsAndImagesInOneBatch() {
        List<RgbImage> images = TinyModel.images(3, 2);
        MixedBatch batch = new MixedBatch(clip);
        batch.add(images.get(0));
        batch.add("beach");
        batch.add("a");
        batch.add(images.get(1));
        assertEquals(6, batch.tokens());
        List<float[]> expected = new ArrayList<>(clip.embedImages(images.subList(0, 2)));
        expected.addAll(1, clip.embedTexts(List.of("beach", "a")));
        assertSame(expected, batch.embed(), "mixed");
        assertEquals(List.of(), new MixedBatch(clip).embed());
    }

    /** What one tower lacks is told when it is asked for, and nothing else is disturbed by it. */
    @Test
    void aModelOfOneTower(@TempDir Path towers) {
        ClipConfig whole = TinyModel.CONFIG;
        Path texts = TinyModel.write(towers, new ClipConfig(null, whole.text(), whole.projection()));
        try (Clip tower = Clip.open(texts)) {
            MixedBatch batch = new MixedBatch(tower);
            batch.add("beach");
            assertSame(tower.embedTexts(List.of("beach")), batch.embed(), "texts alone");
            CheckpointException e = assertThrows(CheckpointException.class,
                    () -> batch.add(TinyModel.images(1, 3).getFirst()));
            assertTrue(e.getMessage().startsWith("the model has no image tower"), e.getMessage());
        }
    }

    /** 45 images and texts alone, in sevens, in 32s and all at once, on one thread and on two: the same bits. */
    @Test
    void embeddingsDependOnNeitherBatchNorThreads() {
        List<RgbImage> images = TinyModel.images(45, 1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            texts.add(TEXTS.get(i % TEXTS.size()) + " " + "x".repeat(i % 7));
        }
        List<float[]> imageVectors = clip.embedImages(images);
        List<float[]> textVectors = clip.embedTexts(texts);
        for (int threads = 1; threads <= 2; threads++) {
            try (Clip other = Clip.open(folder, ClipOptions.DEFAULT.withThreads(threads))) {
                for (int batch : new int[]{1, 7, 32}) {
                    for (int from = 0; from < 45; from += batch) {
                        int to = Math.min(from + batch, 45);
                        String where = threads + " threads, batch " + batch + ", from " + from;
                        assertSame(imageVectors.subList(from, to), other.embedImages(images.subList(from, to)), where);
                        assertSame(textVectors.subList(from, to), other.embedTexts(texts.subList(from, to)), where);
                    }
                }
            }
        }
    }

    /** Prompts share the computation of what they begin with; their embeddings are those of each alone. */
    @Test
    void promptsOfOneTemplateAreAsIfAlone() {
        List<String> prompts = List.of("an aerial photograph of a pond", "an aerial photograph of",
                "an aerial photograph",
                "an aerial photograph of a pond and a park", "an aerial photograph of a pond");
        List<float[]> together = clip.embedTexts(prompts);
        for (int i = 0; i < prompts.size(); i++) {
            assertArrayEquals(clip.embedTexts(prompts.subList(i, i + 1)).getFirst(), together.get(i), prompts.get(i));
        }
        assertSame(together.subList(3, 5), clip.embedTexts(prompts.subList(3, 5)), "the longest two");
    }

    private static void assertSame(List<float[]> expected, List<float[]> found, String where) {
        assertEquals(expected.size(), found.size(), where);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i), where);
        }
    }

    @Test
    void embeddingsAreUnitVectors() {
        List<float[]> all = new ArrayList<>(clip.embedTexts(TEXTS));
        all.addAll(clip.embedImages(TinyModel.images(3, 2)));
        for (float[] vector : all) {
            assertEquals(clip.dimension(), vector.length);
            assertEquals(1, Clip.similarity(vector, vector), 1e-6);
        }
        assertEquals(List.of(), clip.embedTexts(List.of()));
        assertEquals(List.of(), clip.embedImages(List.of()));
    }

    @Test
    void classifiesByScaledCosine() {
        List<String> labels = List.of("stadium", "beach", "forest");
        LabelEmbeddings embedded = clip.embedLabels(labels, List.of("a photo of a {}"));
        RgbImage image = TinyModel.images(1, 3).getFirst();
        float[] vector = clip.embedImages(List.of(image)).getFirst();
        List<float[]> prompts = clip.embedTexts(List.of("a photo of a stadium", "a photo of a beach",
                "a photo of a forest"));
        double sum = 0;
        for (float[] prompt : prompts) {
            sum += Math.exp(100 * (double) Clip.similarity(vector, prompt));
        }
        List<Prediction> predictions = clip.classify(image, embedded);
        assertEquals(3, predictions.size());
        for (Prediction prediction : predictions) {
            float cosine = Clip.similarity(vector, prompts.get(labels.indexOf(prediction.label())));
            assertEquals(100 * cosine, prediction.logit(), 1e-3);
            assertEquals(Math.exp(100 * cosine) / sum, prediction.probability(), 1e-4);
        }
        assertTrue(predictions.get(0).logit() >= predictions.get(1).logit());
        assertTrue(predictions.get(1).logit() >= predictions.get(2).logit());
    }

    @Test
    void noneOfTheLabelsIsOneMoreAnswer() {
        LabelEmbeddings embedded = clip.embedLabels(List.of("stadium", "beach", "forest"), List.of("{}"));
        float[] vector = clip.embedImages(TinyModel.images(1, 3)).getFirst();
        List<Prediction> plain = clip.classify(vector, embedded);
        float scale = clip.model().logitScale();
        for (double none : new double[]{-1, plain.get(1).logit() / scale, 1}) {
            List<Prediction> predictions = clip.classify(vector, embedded, new Calibration(4, none));
            double sum = 3 * Math.exp(scale * none / 4)
                    + plain.stream().mapToDouble(p -> Math.exp(p.logit() / 4)).sum();
            assertEquals(4, predictions.size());
            for (Prediction prediction : predictions) {
                assertEquals(Math.exp(prediction.logit() / 4) / sum, prediction.probability(), 5e-5);
            }
            assertEquals(plain.stream().map(Prediction::logit).toList(), predictions.stream()
                    .filter(p -> !p.label().equals(Prediction.NONE)).map(Prediction::logit).toList());
            assertEquals(scale * none + 4 * Math.log(3),
                    predictions.stream().filter(p -> p.label().equals(Prediction.NONE)).findFirst()
                            .orElseThrow().logit(),
                    0.02);
            assertTrue(predictions.get(0).logit() >= predictions.get(1).logit());
        }
    }

    @Test
    void averagesTemplates() {
        LabelEmbeddings one = clip.embedLabels(List.of("pond"), List.of("a {}"));
        LabelEmbeddings two = clip.embedLabels(List.of("pond"), List.of("{} from above"));
        float[] both = clip.embedLabels(List.of("pond"), List.of("a {}", "{} from above")).embeddings().getFirst();
        float[] a = one.embeddings().getFirst();
        float[] b = two.embeddings().getFirst();
        double norm = Math.sqrt(2 + 2 * (double) Clip.similarity(a, b));
        for (int i = 0; i < both.length; i++) {
            assertEquals((a[i] + b[i]) / norm, both[i], 1e-6, "element " + i);
        }
    }

    @Test
    void namesWhatIsWrongWithLabels() {
        assertUsage("no labels", List.of(), List.of("a {}"));
        assertUsage("no templates", List.of("a"), List.of());
        assertUsage("\"  \" is empty", List.of("a", "  "), List.of("a {}"));
        assertUsage("\"a\" is given twice", List.of("a", "b", "a"), List.of("a {}"));
        assertUsage("\"a label\" has no {}", List.of("a"), List.of("a label"));
        assertUsage("has 30 tokens, the model takes 20", List.of("pond ".repeat(28)), List.of("{}"));
    }

    private static void assertUsage(String part, List<String> labels, List<String> templates) {
        String message = assertThrows(IllegalArgumentException.class, () -> clip.embedLabels(labels, templates))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void truncatesOnlyWhenAskedTo() {
        try (Clip truncating = Clip.open(folder, ClipOptions.DEFAULT.withTruncate(true))) {
            List<float[]> vectors = truncating.embedTexts(List.of("pond ".repeat(10_000), "pond ".repeat(18)));
            assertArrayEquals(vectors.get(1), vectors.get(0));
        }
    }

    @Test
    void isSafeToShareBetweenThreads() throws Exception {
        List<RgbImage> images = TinyModel.images(8, 4);
        List<float[]> expected = clip.embedImages(images);
        try (var callers = Executors.newFixedThreadPool(8)) {
            List<Callable<List<float[]>>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                RgbImage image = images.get(i % 8);
                calls.add(() -> clip.embedImages(List.of(image)));
            }
            var results = callers.invokeAll(calls);
            for (int i = 0; i < 40; i++) {
                assertArrayEquals(expected.get(i % 8), results.get(i).get().getFirst(), "call " + i);
            }
        }
    }

    @Test
    void namesWhatIsMissing(@TempDir Path empty) throws Exception {
        assertFails("nothing", empty.resolve("no"));
        assertFails("expected weights in this folder, one of model.safetensors", empty);
        Files.copy(folder.resolve("model.safetensors"), empty.resolve("model.safetensors"));
        assertFails("config.json", empty);
        assertFails("vocab_size 5000", TinyModel.write(empty, TinyModel.config(5000, 2)));
        assertFails("eos_token_id 7", TinyModel.write(empty, TinyModel.config(49408, 7)));
        TinyModel.write(empty, TinyModel.CONFIG);
        Files.writeString(empty.resolve("preprocessor_config.json"), "{\"crop_size\": 32}");
        assertFails("crop_size is 32", empty);
    }

    private static void assertFails(String part, Path model) {
        String message = assertThrows(CheckpointException.class, () -> Clip.open(model).close()).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** The model card's program, run by transformers 5.18 on torch 2.13 on the same weights. */
    @Test
    void fullSizeModelGivesTheProbabilitiesOfTransformers(@TempDir Path full) {
        Path photograph = SHARED.resolve("images/stadium_1.jpg");
        assumeTrue(Files.exists(photograph), "no photograph at " + photograph);
        ClipConfig.VIT_B_32.write(full.resolve("config.json"));
        SafetensorsWriter.write(full.resolve("model.safetensors"), new SyntheticCheckpoint().tensors(), Map.of());
        Map<String, Double> expected = Map.of("residential area", 0.0737, "playground", 0.4723, "stadium", 0.1357,
                "forest", 0.2356, "airport", 0.0827);
        try (Clip model = Clip.open(full)) {
            LabelEmbeddings labels = model.embedLabels(List.copyOf(expected.keySet()), List.of("a photo of a {}"));
            for (Prediction prediction : model.classify(photograph, labels)) {
                assertEquals(expected.get(prediction.label()), prediction.probability(), 5e-5, prediction.label());
            }
        }
    }
}
