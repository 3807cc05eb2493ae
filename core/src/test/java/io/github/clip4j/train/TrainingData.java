package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Activation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** A tiny model in which all sizes differ, and batches for it. */
final class TrainingData {
    static final Predicate<String> ALL = _ -> true;
    private static final int END = 28;
    static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(12, 20, 3, 3, Activation.QUICK_GELU, 1e-5f), 14, 4, 3), // 2 pixels unused
            new TextConfig(new TowerConfig(10, 24, 2, 2, Activation.GELU, 1e-5f), 30, 9, END), 7);

    private TrainingData() {}

    static ModelParameters parameters(Predicate<String> trained) {
        ModelParameters parameters = new ModelParameters(CONFIG, new SyntheticCheckpoint(CONFIG), trained);
        parameters.get("logit_scale").value()[0] = 1.5f; // with 100 times the cosines the loss is all kinks
        return parameters;
    }

    /** Texts of different lengths, the first and the last one the same, with ids after the end that nobody looks at. */
    static Batch batch(int n, long seed) {
        Random random = new Random(seed);
        VisionConfig vision = CONFIG.vision();
        float[] pixels = new float[n * vision.channels() * vision.imageSize() * vision.imageSize()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < n - 1; i++) {
            int[] ids = random.ints(1 + random.nextInt(CONFIG.text().contextLength()), 0, END).toArray();
            ids[ids.length - 1] = END;
            texts.add(ids);
        }
        int[] first = n == 1 ? new int[]{3, END} : texts.getFirst();
        int[] padded = Arrays.copyOf(first, first.length + 1);
        padded[first.length] = 7;
        texts.add(padded);
        return new Batch(pixels, texts);
    }

    /** A file or folder of the reference data; the test is skipped where it is absent. */
    static Path reference(String name) {
        Path path = Path.of(System.getProperty("shared", "../shared"), "reference", "training", name);
        assumeTrue(Files.exists(path), () -> "reference data " + path + " is not here");
        return path;
    }

    /** Batch i of the reference. */
    static Batch referenceBatch(Checkpoint batches, int i) {
        long[] ids = batches.tensor(i + ".input_ids").longs();
        int context = Math.toIntExact(batches.tensor(i + ".input_ids").shape().getLast());
        List<int[]> texts = new ArrayList<>();
        for (int from = 0; from < ids.length; from += context) {
            texts.add(Arrays.stream(ids, from, from + context).mapToInt(Math::toIntExact).toArray());
        }
        return new Batch(batches.tensor(i + ".pixel_values").floats(), texts);
    }

    /**
     * Every gradient within {@code tolerance} times the tensor's largest one. The true gradient of a key's bias is
     * zero, since it adds the same to all scores of a query: what is found is rounding, below 1e-6.
     */
    static void assertClose(String name, float[] expected, float[] found, double tolerance, String where) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        double bound = name.endsWith("k_proj.bias") ? 1e-6 : tolerance * largest;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], bound, name + " at " + i + ", " + where);
        }
    }
}
