package io.github.clip4j.evaluate;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs recorded inputs through a model and compares every stage with what another implementation computed from them. A
 * reference folder holds {@code inputs.safetensors} (pixel_values, input_ids), {@code expected.safetensors} (stages in
 * float32) and, where it is there, {@code truth.safetensors} (final outputs in float64).
 */
public final class ReferenceComparison {
    private final ClipModel model;
    private final Checkpoint expected;
    private final Set<String> unseen = new TreeSet<>();
    private final List<Deviation> deviations = new ArrayList<>();

    private ReferenceComparison(ClipModel model, Checkpoint expected) {
        this.model = model;
        this.expected = expected;
        expected.tensors().forEach(tensor -> unseen.add(tensor.name()));
    }

    /**
     * The deviation of each stage in the order of computation, then those of the final outputs from the truth.
     *
     * @throws CheckpointException if the folder lacks a file, or has a stage that the model has not
     */
    public static List<Deviation> run(ClipModel model, Path reference) {
        Path truthFile = reference.resolve("truth.safetensors");
        try (Checkpoint inputs = Checkpoint.open(reference.resolve("inputs.safetensors"));
                Checkpoint expected = Checkpoint.open(reference.resolve("expected.safetensors"));
                Checkpoint truth = Files.exists(truthFile) ? Checkpoint.open(truthFile) : null) {
            return new ReferenceComparison(model, expected).run(inputs, truth);
        }
    }

    private List<Deviation> run(Checkpoint inputs, Checkpoint truth) {
        float[] images = model.config().hasVision() ? images(inputs.tensor("pixel_values"), truth) : null;
        float[] texts = model.config().hasText() ? texts(texts(inputs.tensor("input_ids")), truth) : null;
        if (images != null && texts != null) {
            compareOutput("logits_per_image", logits(images, texts), truth);
        }
        if (!unseen.isEmpty()) {
            throw new CheckpointException(expected.source() + ": the model has no stage " + unseen.iterator().next());
        }
        return deviations;
    }

    private float[] images(Tensor pixels, Checkpoint truth) {
        int n = Math.toIntExact(pixels.shape().getFirst());
        int[] tokens = new int[n];
        Arrays.fill(tokens, model.config().vision().tokens());
        model.imageFeatures(pixels.floats(), n, (stage, values, width) -> compareStage(stage, values, width, tokens));
        return outputs("image", model.imageFeatures(pixels.floats(), n, Trace.NONE), truth);
    }

    private float[] texts(List<int[]> texts, Checkpoint truth) {
        int[] tokens = texts.stream().mapToInt(model::textLength).toArray();
        model.textFeatures(texts, (stage, values, width) -> compareStage(stage, values, width, tokens));
        return outputs("text", model.textFeatures(texts, Trace.NONE), truth);
    }

    /** Without a trace the last block computes less: the outputs compared are those that everybody gets. */
    private float[] outputs(String kind, float[] features, Checkpoint truth) {
        compareOutput(kind + "_features", features, truth);
        float[] embeds = model.normalize(features.clone());
        compareOutput(kind + "_embeds", embeds, truth);
        return embeds;
    }

    /** The rows of input_ids. */
    static List<int[]> texts(Tensor ids) {
        int texts = Math.toIntExact(ids.shape().getFirst());
        int[] all = Arrays.stream(ids.longs()).mapToInt(Math::toIntExact).toArray();
        int length = all.length / texts;
        List<int[]> rows = new ArrayList<>();
        for (int from = 0; from < all.length; from += length) {
            rows.add(Arrays.copyOfRange(all, from, from + length));
        }
        return rows;
    }

    private float[] logits(float[] images, float[] texts) {
        int width = model.config().projection();
        int columns = texts.length / width;
        float[] logits = new float[images.length / width * columns];
        for (int i = 0; i < logits.length; i++) {
            double dot = 0;
            for (int d = 0; d < width; d++) {
                dot += (double) images[i / columns * width + d] * texts[i % columns * width + d];
            }
            logits[i] = (float) (model.logitScale() * dot);
        }
        return logits;
    }

    /** A stage is recorded whole, or as the first token of each item, or not at all. */
    private void compareStage(String stage, float[] values, int width, int[] tokens) {
        boolean pooled = values.length == tokens.length * width;
        for (String name : List.of(stage, stage + ".cls", stage + ".first")) {
            if (unseen.remove(name)) {
                Tensor tensor = expected.tensor(name);
                boolean whole = !pooled && tensor.shape().size() == 3;
                int rows = whole ? Math.toIntExact(tensor.shape().get(1)) : 1;
                Difference difference = new Difference(tensor, (long) tokens.length * rows * width);
                int at = 0;
                for (int item = 0; item < tokens.length; item++) {
                    // the reference goes on after the end of a text, where its values mean nothing
                    int compared = whole ? tokens[item] : 1;
                    for (int i = 0; i < compared * width; i++) {
                        difference.add(item * rows * width + i, values[at * width + i]);
                    }
                    at += pooled ? 1 : tokens[item];
                }
                deviations.add(deviation(name, false, difference));
            }
        }
    }

    private void compareOutput(String name, float[] values, Checkpoint truth) {
        if (unseen.remove(name)) {
            deviations.add(deviation(name, false, Difference.of(expected.tensor(name), values)));
        }
        if (truth != null && truth.contains(name)) {
            deviations.add(deviation(name, true, Difference.of(truth.tensor(name), values)));
        }
    }

    private static Deviation deviation(String stage, boolean exact, Difference difference) {
        return new Deviation(stage, exact, difference.absolute(), difference.relative());
    }
}
