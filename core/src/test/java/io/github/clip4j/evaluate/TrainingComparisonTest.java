package io.github.clip4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients by PyTorch, and six steps of both optimisers by optax. */
class TrainingComparisonTest {
    private static final Path REFERENCE = Path.of(System.getProperty("shared"), "reference", "training");

    @TempDir
    Path folder;

    @Test
    void withinTheBounds() {
        assumeTrue(Files.isDirectory(REFERENCE), "no reference data at " + REFERENCE);
        try (Kernels vector = Kernels.create(2); Kernels scalar = Kernels.scalar(1)) {
            for (Kernels kernels : List.of(vector, scalar)) {
                List<TrainingDeviation> deviations = TrainingComparison.run(REFERENCE, kernels);
                assertEquals(List.of("gradients", "gradients of key biases", "adamw parameters after step 2",
                        "adamw parameters after step 6", "adamw losses", "adafactor parameters after step 2",
                        "adafactor parameters after step 6", "adafactor losses"),
                        deviations.stream().map(TrainingDeviation::results).toList());
                for (TrainingDeviation deviation : deviations) {
                    System.err.println(kernels.description() + ": " + deviation);
                    assertTrue(deviation.within(), kernels.description() + ": " + deviation);
                }
            }
        }
    }

    @Test
    void errorsAreFoundAndNamed() throws IOException {
        assumeTrue(Files.isDirectory(REFERENCE), "no reference data at " + REFERENCE);
        for (String name : List.of("initial", "initial/config.json", "initial/model.safetensors",
                "batches.safetensors", "gradients-batch0.safetensors")) {
            Files.copy(REFERENCE.resolve(name), folder.resolve(name));
        }
        Files.copy(REFERENCE.resolve("adamw-after-step-2.safetensors"),
                folder.resolve("adafactor-after-step-2.safetensors"));
        Files.writeString(folder.resolve("trajectory.json"), Files.readString(REFERENCE.resolve("trajectory.json"))
                .replace("2.1707005500793457", "2.1705")); // adamw, step 3
        try (Kernels kernels = Kernels.create(2)) {
            List<TrainingDeviation> wrong = TrainingComparison.run(folder, kernels).stream()
                    .filter(deviation -> !deviation.within()).toList();
            assertEquals(List.of("adamw losses", "adafactor parameters after step 2"),
                    wrong.stream().map(TrainingDeviation::results).toList());
            assertEquals("step 3", wrong.getFirst().worst());
            assertEquals(2e-4, wrong.getFirst().error(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"learning_rate\": [1], \"adamw_losses\": [1, 2], \"adafactor_losses\": [1]}",
            "{\"learning_rate\": [1], \"adamw_losses\": [\"1\"], \"adafactor_losses\": [1]}", "[", "[]"})
    void aTrajectoryThatIsNoneIsNamed(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("trajectory.json"), text);
        try (Kernels kernels = Kernels.scalar(1)) {
            CheckpointException e = assertThrows(CheckpointException.class,
                    () -> TrainingComparison.run(folder, kernels));
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        }
    }
}
