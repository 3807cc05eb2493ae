package io.github.clip4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of other forms in the commands, and what {@code clip convert} makes of them. */
class ConvertCommandTest {
    private static final TowerConfig TOWER = new TowerConfig(64, 32, 2, 1, Activation.QUICK_GELU, 1e-5f);
    private static final ClipConfig CONFIG = new ClipConfig(new VisionConfig(TOWER, 32, 16, 3),
            new TextConfig(TOWER, 49408, 77, 2), 8);

    @TempDir
    private Path folder;
    private Path image;
    /** Weights without a config, whose name says nothing. */
    private Path bare;

    @BeforeEach
    void write() throws IOException {
        image = TestData.image(folder.resolve("image.png"), 1);
        bare = Files.createDirectory(folder.resolve("bare")).resolve("weights.safetensors");
        SafetensorsWriter.write(bare, new SyntheticCheckpoint(CONFIG).tensors(), Map.of());
    }

    private Run classify(Object model, Object... more) {
        return Run.clip(Stream.concat(Stream.of("classify", image, "--labels", "a,b", "--json", "--model", model),
                Stream.of(more)).toArray());
    }

    @Test
    void theActivationIsAskedForAndNeverGuessed() throws IOException {
        Run asked = classify(bare);
        assertEquals(1, asked.exitCode());
        assertTrue(asked.err().contains("weights.safetensors: expected to be told the activation")
                && asked.err().contains("--activation gelu") && asked.err().lines().count() == 1, asked.err());

        String quick = classify(bare, "--activation", "quick_gelu").out();
        String exact = classify(bare, "--activation", "gelu").out();
        CONFIG.write(bare.resolveSibling("config.json"));
        String configured = classify(bare).out();
        assertEquals(configured, quick);
        assertEquals(configured, classify(bare.getParent()).out());
        assertTrue(!exact.equals(quick), exact);
        assertEquals(exact, classify(bare, "--activation", "gelu").out());
    }

    @Test
    void aConvertedModelIsWholeAndGivesTheSame() throws IOException {
        Path converted = folder.resolve("converted");
        Run run = Run.clip("convert", "--model", bare, "--activation", "gelu", "--output", converted);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(classify(bare, "--activation", "gelu").out(), classify(converted).out());
        try (Stream<Path> files = Files.list(converted)) {
            assertEquals(
                    List.of("config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        Path half = folder.resolve("half");
        assertEquals(0, Run.clip("convert", "--model", converted, "--dtype", "float16", "--output", half).exitCode());
        assertEquals(List.of("F16"),
                List.copyOf(info(half).get("dtypes").properties()).stream().map(Map.Entry::getKey).toList());
        Run again = Run.clip("convert", "--model", converted, "--output", half);
        assertEquals(1, again.exitCode());
        assertTrue(again.err().contains("half: expected nothing or an empty folder"), again.err());
    }

    @Test
    void openAisArchive() throws IOException {
        Path archive = TestData.shared("reference/checkpoints/openai-jit");
        Path converted = folder.resolve("converted");
        assertEquals(0, Run.clip("convert", "--model", archive, "--output", converted).exitCode());
        assertEquals("TorchScript, open_clip's names", info(archive).get("form").asText());
        assertEquals("safetensors, transformers' names", info(converted).get("form").asText());
        Path before = folder.resolve("before.npy");
        Path after = folder.resolve("after.npy");
        assertEquals(0, Run.clip("embed", "--images", image, "--output", before, "--model", archive).exitCode());
        assertEquals(0, Run.clip("embed", "--images", image, "--output", after, "--model", converted).exitCode());
        assertArrayEquals(Files.readAllBytes(before), Files.readAllBytes(after));
    }

    /** One tower works with what it is for; the vocabulary of 333 has no tokenizer of CLIP's. */
    @Test
    void oneTower() throws IOException {
        Path vision = TestData.shared("reference/checkpoints/vision-only");
        Path text = TestData.shared("reference/checkpoints/text-only");
        assertEquals(0, Run.clip("embed", "--images", image, "--output", folder.resolve("v.npy"), "--model", vision)
                .exitCode());
        Run labels = classify(vision);
        assertEquals(1, labels.exitCode());
        assertEquals(
                "clip: the model has no text tower, only one for images (CLIPVisionModel); name one that has both to "
                        + "work with texts",
                labels.err().strip());
        assertTrue(info(vision).path("text").isMissingNode() && info(text).path("vision").isMissingNode());
        Run converted = Run.clip("convert", "--model", text, "--output", folder.resolve("t"));
        assertEquals(0, converted.exitCode());
        assertTrue(converted.err().startsWith("note: written without a tokenizer: "), converted.err());
    }

    private static JsonNode info(Path model) throws IOException {
        return new ObjectMapper().readTree(Run.clip("info", model, "--json").out());
    }
}
