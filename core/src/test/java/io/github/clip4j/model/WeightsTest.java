package io.github.clip4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.kernels.Kernels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model is built from exactly the tensors that its config asks for, and each fault is named. */
class WeightsTest {
    private static final TowerConfig TOWER = new TowerConfig(8, 16, 1, 2, Activation.QUICK_GELU, 1e-5f);
    private static final int END = 9;

    @TempDir
    private Path folder;

    private static ClipConfig config(int endTokenId) {
        return new ClipConfig(new VisionConfig(TOWER, 8, 4, 3), new TextConfig(TOWER, 12, 6, endTokenId), 4);
    }

    /** Builds the model after a change to its tensors. */
    private ClipModel build(ClipConfig config, Consumer<SequencedMap<String, Tensor>> change, Kernels kernels) {
        try (Checkpoint checkpoint = checkpoint(config, change)) {
            return new ClipModel(config, checkpoint, kernels);
        }
    }

    private Checkpoint checkpoint(ClipConfig config, Consumer<SequencedMap<String, Tensor>> change) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        new SyntheticCheckpoint(config).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        change.accept(tensors);
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, tensors.sequencedValues(), Map.of());
        return Checkpoint.open(file);
    }

    private void assertNamed(String part, Consumer<SequencedMap<String, Tensor>> change) {
        try (Kernels kernels = Kernels.create(2)) {
            String message = assertThrows(CheckpointException.class, () -> build(config(END), change, kernels))
                    .getMessage();
            assertTrue(message.contains(part), message);
            assertTrue(message.contains("model.safetensors"), message);
        }
    }

    @Test
    void faultsAreNamed() {
        String name = "vision_model.encoder.layers.0.mlp.fc1.weight";
        assertNamed(name, tensors -> tensors.remove(name));
        assertNamed(name + " has the shape [8, 16], the config asks for [16, 8]",
                tensors -> tensors.put(name, Tensor.of(name, new float[128], 8, 16)));
        assertNamed("text_model.extra", tensors -> tensors.put("text_model.extra",
                Tensor.of("text_model.extra", new float[2], 2)));
        float[] broken = new float[128];
        broken[77] = Float.NaN;
        assertNamed(name + " holds the value NaN", tensors -> tensors.put(name, Tensor.of(name, broken, 16, 8)));
        String bias = "text_model.final_layer_norm.bias";
        float[] infinite = {0, Float.POSITIVE_INFINITY, 0, 0, 0, 0, 0, 0};
        assertNamed(bias + " holds the value Infinity", tensors -> tensors.put(bias, Tensor.of(bias, infinite, 8)));
    }

    /** The same bits, whether weights are read when the model is built, or for the first image or text, or the second. */
    @Test
    void lazyWeightsAreTheSame() {
        float[] pixels = new float[40 * 3 * 8 * 8];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.sin(i);
        }
        List<int[]> texts = List.of(new int[]{8, 1, 2, END}, new int[]{8, 3, END});
        try (Checkpoint checkpoint = checkpoint(config(END), _ -> {}); Kernels kernels = Kernels.create(2)) {
            ClipModel eager = new ClipModel(config(END), checkpoint, kernels);
            for (int first : new int[]{1, 40}) {
                ClipModel lazy = new ClipModel(config(END), checkpoint, kernels, true);
                for (int images : new int[]{first, 1, 40}) {
                    float[] some = Arrays.copyOf(pixels, images * 3 * 8 * 8);
                    assertArrayEquals(eager.imageFeatures(some, images, Trace.NONE),
                            lazy.imageFeatures(some, images, Trace.NONE));
                    assertArrayEquals(eager.textFeatures(texts, Trace.NONE), lazy.textFeatures(texts, Trace.NONE));
                }
            }
        }
    }

    /** A matrix with a fault does no harm to what does not need it, and is named whenever it is needed. */
    @Test
    void faultsOfLazyWeightsAreNamedWhenTheyAreRead() {
        String name = "vision_model.encoder.layers.0.mlp.fc1.weight";
        float[] broken = new float[128];
        broken[77] = Float.NaN;
        try (Checkpoint checkpoint = checkpoint(config(END),
                tensors -> tensors.put(name, Tensor.of(name, broken, 16, 8))); Kernels kernels = Kernels.create(2)) {
            ClipModel model = new ClipModel(config(END), checkpoint, kernels, true);
            assertEquals(4, model.textFeatures(List.of(new int[]{8, 1, END}), Trace.NONE).length);
            for (int images : new int[]{1, 1, 40}) {
                String message = assertThrows(CheckpointException.class,
                        () -> model.imageFeatures(new float[images * 3 * 8 * 8], images, Trace.NONE)).getMessage();
                assertTrue(message.contains(name + " holds the value NaN"), message);
            }
        }
    }

    @Test
    void buffersOfOldCheckpointsAreIgnored() {
        String name = "text_model.embeddings.position_ids";
        try (Kernels kernels = Kernels.create(1)) {
            ClipModel model = build(config(END), tensors -> tensors.put(name, Tensor.of(name, new float[6], 1, 6)),
                    kernels);
            assertEquals(4, model.config().projection());
        }
    }

    @Test
    void theEndOfATextFollowsTheConfig() {
        try (Kernels kernels = Kernels.create(1)) {
            ClipModel model = build(config(END), _ -> {}, kernels);
            assertEquals(3, model.textLength(new int[]{8, 11, END, 11, END}));
            assertThrows(IllegalArgumentException.class, () -> model.textLength(new int[]{8, 1}));
            assertThrows(IllegalArgumentException.class, () -> model.textLength(new int[]{8, 12, END}));
            assertThrows(IllegalArgumentException.class, () -> model.textLength(new int[]{8, -1, END}));
            assertThrows(IllegalArgumentException.class, () -> model.textLength(new int[]{1, 1, 1, 1, 1, 1, END}));
            ClipModel legacy = build(config(2), _ -> {}, kernels);
            assertEquals(2, legacy.textLength(new int[]{8, 11, 2, 11, END}));
            assertThrows(IllegalArgumentException.class, () -> legacy.textFeatures(List.of(), Trace.NONE));
            assertThrows(IllegalArgumentException.class, () -> legacy.imageFeatures(new float[5], 1, Trace.NONE));
        }
    }
}
