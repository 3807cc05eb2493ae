package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.train.ScoreRelevance.Pair;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On the reference models, whose inputs are in {@code ../shared/reference/models}. */
class ScoreRelevanceTest {
    private static final Kernels KERNELS = Kernels.create(2);

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    /**
     * What torch 2.13 with transformers 5.18 gives: autograd of {@code logits_per_image} by the attention probabilities
     * of eager attention, and then R as the paper has it, as a matrix from the first block to the last.
     */
    static List<String> references() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                ScoreRelevanceTest.class.getResourceAsStream("relevance.jsonl"), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("references")
    void equalsThePaperInPyTorch(String line) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(line);
        Path folder = folder(expected.get("model").textValue());
        try (PublishedModel model = PublishedModel.open(folder)) {
            Pair pair = pair(model, folder, expected.get("item").intValue(), expected.get("tokens").intValue());
            assertRow(expected.get("vision"), pair.vision(), "vision");
            assertRow(expected.get("text"), pair.text(), "text");
        }
    }

    private static Path folder(String model) {
        Path folder = Path.of(System.getProperty("shared", "../shared"), "reference/models", model);
        assumeTrue(Files.exists(folder), () -> "reference data " + folder + " is not here");
        return folder;
    }

    private static Pair pair(PublishedModel model, Path folder, int item, int tokens) {
        try (Checkpoint inputs = Checkpoint.open(folder.resolve("inputs.safetensors"))) {
            ClipConfig config = model.config();
            int image = 3 * config.vision().imageSize() * config.vision().imageSize();
            float[] pixels = Arrays.copyOfRange(inputs.tensor("pixel_values").floats(), item * image,
                    (item + 1) * image);
            long[] ids = inputs.tensor("input_ids").longs();
            int width = Math.toIntExact(inputs.tensor("input_ids").shape().getLast());
            int[] text = IntStream.range(item * width, item * width + tokens).map(i -> (int) ids[i]).toArray();
            return new ScoreRelevance(config, model.weights(), KERNELS).of(pixels, text);
        }
    }

    private static void assertRow(JsonNode expected, double[] found, String what) {
        assertEquals(expected.size(), found.length, what);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected.get(i).doubleValue(), found[i], 1e-4 * Math.max(1, expected.get(i).doubleValue()),
                    what + " " + i);
        }
    }

    /** A window of all patches is the image. */
    @ParameterizedTest
    @ValueSource(strings = {"quick-gelu", "gelu-odd-sizes"})
    void theLargestWindowIsTheImageItself(String name) {
        Path folder = folder(name);
        try (PublishedModel model = PublishedModel.open(folder)) {
            Pair pair = pair(model, folder, 0, 3);
            int grid = model.config().vision().imageSize() / model.config().vision().patchSize();
            double[] windows = new ScoreRelevance(model.config(), model.weights(), KERNELS).windows(pair, grid, grid);
            assertEquals(1, windows.length);
            assertEquals(pair.cosine(), windows[0], 1e-6);
            double[] all = new ScoreRelevance(model.config(), model.weights(), KERNELS).windows(pair, grid, 1);
            assertEquals(grid * grid, all.length);
            assertTrue(Arrays.stream(all).distinct().count() > 1);
        }
    }
}
