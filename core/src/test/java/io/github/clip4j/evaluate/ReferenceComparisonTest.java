package io.github.clip4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every stage of both towers against transformers on torch, and the final outputs against float64, at the width that the
 * build asks for: see the executions of surefire in the module's pom.
 */
class ReferenceComparisonTest {
    private static final Path REFERENCE = Path.of(System.getProperty("shared"), "reference");

    @ParameterizedTest
    @ValueSource(strings = {"quick-gelu", "gelu-odd-sizes", "legacy-eos", "float16", "bfloat16", "sharded"})
    void smallModels(String name) {
        for (int threads = 1; threads <= 2; threads++) {
            check(folder("models/" + name), threads);
        }
    }

    /** Each by the library that published it so: transformers, flax, open_clip, OpenAI's clip. */
    @ParameterizedTest
    @ValueSource(strings = {"torch-zip", "torch-legacy", "torch-views", "torch-sharded", "flax", "flax-chunked",
            "open-clip-bin", "open-clip-safetensors", "open-clip-training", "openai-jit", "vision-only", "text-only"})
    void publishedForms(String name) {
        check(folder("checkpoints/" + name), 2);
    }

    @Test
    void fullSize() {
        Path folder = folder("full");
        try (Kernels kernels = Kernels.create(2); Checkpoint weights = new SyntheticCheckpoint()) {
            check(new ClipModel(ClipConfig.VIT_B_32, weights, kernels), folder);
        }
    }

    private static Path folder(String name) {
        Path folder = REFERENCE.resolve(name);
        assumeTrue(Files.isDirectory(folder), "no reference data at " + folder);
        return folder;
    }

    private static void check(Path folder, int threads) {
        try (Kernels kernels = Kernels.create(threads); PublishedModel model = PublishedModel.open(folder)) {
            check(new ClipModel(model.config(), model.weights(), kernels), folder);
        }
    }

    private static void check(ClipModel model, Path folder) {
        List<Deviation> deviations = ReferenceComparison.run(model, folder);
        assertFalse(deviations.isEmpty());
        for (Deviation deviation : deviations) {
            System.err.println(folder.getFileName() + " " + deviation);
            assertTrue(deviation.relative() <= (deviation.exact() ? 1.5e-6 : 1e-5), folder + ": " + deviation);
        }
    }
}
