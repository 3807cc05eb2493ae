package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.kernels.Activation;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedModelTest {
    private static final TowerConfig IMAGE = new TowerConfig(64, 100, 2, 1, Activation.GELU, 1e-5f);
    private static final TowerConfig TEXT = new TowerConfig(128, 60, 3, 2, Activation.GELU, 1e-5f);
    private static final ClipConfig CONFIG = new ClipConfig(new VisionConfig(IMAGE, 24, 8, 3),
            new TextConfig(TEXT, 50, 9, TextConfig.LARGEST_ID), 7);
    private static final Checkpoint MODEL = new SyntheticCheckpoint(CONFIG);

    @TempDir
    private Path folder;

    private Path write(String name, List<? extends Tensor> tensors) {
        SafetensorsWriter.write(folder.resolve(name), tensors, Map.of());
        return folder.resolve(name);
    }

    private static List<Tensor> prefixed(String prefix, List<Tensor> tensors) {
        return tensors.stream().map(tensor -> ForeignNames.named(tensor, prefix + tensor.name())).toList();
    }

    private static void assertSame(Checkpoint expected, PublishedModel model) {
        assertEquals(expected.tensors().size(), model.weights().tensors().size());
        for (Tensor tensor : expected.tensors()) {
            Tensor found = model.weights().tensor(tensor.name());
            assertEquals(tensor.shape(), found.shape(), tensor.name());
            assertArrayEquals(tensor.floats(), found.floats(), tensor.name());
            int part = (int) tensor.size() / 3; // in pieces that end inside of rows
            float[] piece = new float[(int) tensor.size() - part];
            found.read(part, piece, 0, piece.length);
            assertArrayEquals(Arrays.copyOfRange(tensor.floats(), part, (int) tensor.size()), piece, tensor.name());
        }
    }

    /** Shapes tell everything but the activation. */
    @ParameterizedTest
    @ValueSource(strings = {"transformers", "flax", "params.", "open_clip", "module.", "text."})
    void namesOfAllLibraries(String names) {
        List<Tensor> tensors = switch (names) {
            case "transformers" -> List.copyOf(MODEL.tensors());
            case "flax" -> ForeignNames.flax(MODEL);
            case "params." -> prefixed(names, ForeignNames.flax(MODEL));
            case "module." -> prefixed(names, ForeignNames.openClip(MODEL));
            case "text." -> ForeignNames.openClip(MODEL).stream()
                    .map(tensor -> tensor.name().matches("visual.*|logit_scale")
                            ? tensor
                            : ForeignNames.named(tensor, "text." + tensor.name()))
                    .toList();
            default -> ForeignNames.openClip(MODEL);
        };
        Path file = write("some.safetensors", tensors);
        try (PublishedModel model = PublishedModel.open(file, Optional.of(Activation.GELU))) {
            assertSame(MODEL, model);
            assertEquals(CONFIG, model.config());
        }
        CheckpointException e = assertThrows(CheckpointException.class, () -> PublishedModel.open(file).close());
        assertTrue(e.getMessage().contains("some.safetensors: expected to be told the activation")
                && e.getMessage().contains("--activation gelu"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"ViT-B-32-quickgelu.safetensors, QUICK_GELU", "vit_b_32-QuickGELU-laion.safetensors, QUICK_GELU",
            "RemoteCLIP-ViT-B-32.safetensors, GELU"})
    void whatANameTells(String name, Activation activation) {
        try (PublishedModel model = PublishedModel.open(write(name, ForeignNames.openClip(MODEL)))) {
            assertEquals(activation, model.config().vision().tower().activation());
            assertEquals(activation, model.config().text().tower().activation());
        }
    }

    /** open_clip's larger towers have wider heads. */
    @ParameterizedTest
    @CsvSource({"384, 6", "512, 8", "768, 12", "1024, 16", "1280, 16", "1408, 16", "1664, 16"})
    void headsByWidth(int width, int heads) {
        ClipConfig wide = new ClipConfig(
                new VisionConfig(new TowerConfig(width, 8, 1, heads, Activation.GELU, 1e-5f), 8, 4, 3), CONFIG.text(),
                5);
        Path file = write("wide.safetensors", List.copyOf(new SyntheticCheckpoint(wide).tensors()));
        try (PublishedModel model = PublishedModel.open(file, Optional.of(Activation.GELU))) {
            assertEquals(wide, model.config());
        }
    }

    @Test
    void aConfigWinsOverShapesAndTheOptionOverTheConfig() {
        ClipConfig four = new ClipConfig(
                new VisionConfig(new TowerConfig(64, 100, 2, 4, Activation.QUICK_GELU, 1e-6f), 27, 8, 3), CONFIG.text(),
                7);
        four.write(folder.resolve("config.json"));
        Path file = write("model.safetensors", List.copyOf(MODEL.tensors()));
        for (Path path : List.of(folder, file)) {
            try (PublishedModel model = PublishedModel.open(path)) {
                assertEquals(four, model.config());
            }
            try (PublishedModel model = PublishedModel.open(path, Optional.of(Activation.GELU))) {
                assertEquals(four.withActivation(Activation.GELU), model.config());
            }
        }
    }

    /** In a folder of downloads a file of weights lies beside anything; a folder is what its config says. */
    @Test
    void theConfigOfAnotherModelBesideAFile() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Path file = write("RemoteCLIP-ViT-B-32.safetensors", ForeignNames.openClip(MODEL));
        try (PublishedModel model = PublishedModel.open(file)) {
            assertEquals(CONFIG, model.config());
        }
        CheckpointException e = assertThrows(CheckpointException.class, () -> PublishedModel.open(folder).close());
        assertTrue(e.getMessage().contains("its config.json says model_type \"bert\""), e.getMessage());
    }

    /** As of timm's repositories, which hold another model too, and of LAION's, which hold the same one twice. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"architecture": "vit_base_patch32"} | open_clip's names | 16
            {"model_type": "clip"}               | transformers' names | 12
            """)
    void whereBothConfigsAre(String config, String names, int heads) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        Files.writeString(folder.resolve("open_clip_config.json"),
                """
                        {"model_cfg": {"embed_dim": 7, "vision_cfg": {"layers": 2, "width": 64, "head_width": 4, "image_size": 24,
                        "patch_size": 8}, "text_cfg": {"width": 128, "heads": 2, "layers": 3, "vocab_size": 50}}}""");
        write("model.safetensors", List.copyOf(MODEL.tensors()));
        write("open_clip_model.safetensors", ForeignNames.openClip(MODEL));
        try (PublishedModel model = PublishedModel.open(folder)) {
            assertEquals("safetensors, " + names, model.form());
            assertEquals(heads, model.config().vision().tower().heads());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            encoder.layer.0.attention.query | transformers', open_clip's or flax's names, found tensors such as "encoder
            visual.layer1.0.conv1.weight    | found a CLIP whose image tower is a ResNet
            visual.trunk.cls_token          | found a CLIP whose image tower is one of timm's
            clip.vision_model.embeddings.class_embedding | found them under the prefix "clip."; save them without it
            model.visual.class_embedding    | found them under the prefix "model."; save them without it
            visual.class_embedding          | there is no tensor "vision_model.embeddings.patch_embedding.weight"
            """)
    void whatIsNoClip(String name, String message) {
        Path file = write("x.safetensors", List.of(Tensor.of(name, new float[64], 64)));
        CheckpointException e = assertThrows(CheckpointException.class,
                () -> PublishedModel.open(file, Optional.of(Activation.GELU)).close());
        assertTrue(e.getMessage().startsWith(file.toString()) && e.getMessage().contains(message), e.getMessage());
    }

    /** transformers 5 leaves out the tower's name, and neither version has a projection in these. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneTowerWithoutProjectionGivesWhatItPools(boolean prefix) {
        Path file = folder.resolve("model.safetensors");
        List<Tensor> tensors = new ArrayList<>();
        for (Tensor tensor : MODEL.tensors()) {
            if (tensor.name().startsWith("vision_model.")) {
                tensors.add(prefix ? tensor : ForeignNames.named(tensor, tensor.name().substring(13)));
            }
        }
        write("model.safetensors", tensors);
        float[] pixels = new float[3 * 24 * 24];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.sin(i);
        }
        List<float[]> pooled = new ArrayList<>();
        try (Kernels kernels = Kernels.create(2);
                PublishedModel model = PublishedModel.open(file, Optional.of(Activation.GELU))) {
            assertEquals(64, model.config().projection());
            ClipModel tower = new ClipModel(model.config(), model.weights(), kernels);
            new ClipModel(CONFIG, MODEL, kernels).imageFeatures(pixels, 1, (stage, values, width) -> {
                if (stage.equals("vision.pooler_output")) {
                    pooled.add(values.clone());
                }
            });
            assertArrayEquals(pooled.getFirst(), tower.imageFeatures(pixels, 1, Trace.NONE));
            CheckpointException e = assertThrows(CheckpointException.class,
                    () -> tower.textFeatures(List.of(new int[]{1, 2}), Trace.NONE));
            assertTrue(e.getMessage().startsWith("the model has no text tower"), e.getMessage());
        }
    }

    /** Every published form, written as a Hugging Face folder or read as it is multiplied with, gives the same bits. */
    @ParameterizedTest
    @ValueSource(strings = {"torch-zip", "torch-legacy", "torch-views", "torch-sharded", "flax", "flax-chunked",
            "open-clip-bin", "open-clip-safetensors", "open-clip-training", "openai-jit", "vision-only", "text-only"})
    void convertedToSafetensors(String form) {
        Path source = Shared.path("reference/checkpoints/" + form);
        Path converted = folder.resolve("converted");
        try (PublishedModel model = PublishedModel.open(source)) {
            CheckpointFolder.of(model).write(converted, Parameters.shapes(model.config()).keySet().stream()
                    .map(model.weights()::tensor).toList());
        }
        float[] expected = embeddings(converted, source, false);
        assertArrayEquals(expected, embeddings(source, source, false));
        assertArrayEquals(expected, embeddings(source, source, true));
    }

    private static float[] embeddings(Path folder, Path inputs, boolean lazy) {
        try (Kernels kernels = Kernels.create(2);
                PublishedModel published = PublishedModel.open(folder);
                Checkpoint given = Checkpoint.open(inputs.resolve("inputs.safetensors"))) {
            ClipModel model = new ClipModel(published.config(), published.weights(), kernels, lazy);
            Tensor pixels = given.tensor("pixel_values");
            int n = pixels.shape().getFirst().intValue();
            float[] images = published.config().hasVision()
                    ? model.imageFeatures(pixels.floats(), n, Trace.NONE)
                    : new float[0];
            if (!published.config().hasText()) {
                return images;
            }
            int[] ids = Arrays.stream(given.tensor("input_ids").longs()).mapToInt(Math::toIntExact).toArray();
            int length = given.tensor("input_ids").shape().getLast().intValue();
            float[] texts = model.textFeatures(List.of(Arrays.copyOf(ids, length),
                    Arrays.copyOfRange(ids, length, 2 * length)), Trace.NONE);
            float[] all = Arrays.copyOf(images, images.length + texts.length);
            System.arraycopy(texts, 0, all, images.length, texts.length);
            return all;
        }
    }
}
