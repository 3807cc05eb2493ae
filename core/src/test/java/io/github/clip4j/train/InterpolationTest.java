package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpolationTest {
    @TempDir
    Path folder;

    private Checkpoint checkpoint(String name, Tensor... tensors) {
        Path file = folder.resolve(name + ".safetensors");
        SafetensorsWriter.write(file, List.of(tensors), Map.of());
        return Checkpoint.open(file);
    }

    private static float[] random(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    @Test
    void liesBetweenTheEnds() {
        float[] a = random(50_000, 1);
        float[] b = random(50_000, 2);
        try (Checkpoint base = checkpoint("base", Tensor.of("w", a, 500, 100), Tensor.of("s", new float[]{1}),
                Tensor.of("text_model.embeddings.position_ids", 3));
                Checkpoint tuned = checkpoint("tuned", Tensor.of("s", new float[]{3}).toFloat16(),
                        Tensor.of("w", b, 500, 100))) {
            for (double alpha : new double[]{0, 0.25, 1}) {
                Path file = folder.resolve("between.safetensors");
                List<Tensor> tensors = Interpolation.of(base, tuned, alpha);
                assertTrue(tensors.stream().allMatch(tensor -> tensor.dtype() == DType.F32));
                SafetensorsWriter.write(file, tensors, Map.of());
                try (Checkpoint between = Checkpoint.open(file)) {
                    assertEquals(2, between.tensors().size());
                    assertEquals((float) (1 + 2 * alpha), between.tensor("s").floats()[0]);
                    assertEquals(List.of(500L, 100L), between.tensor("w").shape());
                    float[] expected = new float[a.length];
                    for (int i = 0; i < a.length; i++) {
                        expected[i] = (float) ((1 - alpha) * a[i] + alpha * b[i]);
                    }
                    assertArrayEquals(expected, between.tensor("w").floats(), "alpha " + alpha);
                }
            }
        }
    }

    @Test
    void refusals() {
        try (Checkpoint one = checkpoint("one", Tensor.of("w", new float[4], 4));
                Checkpoint two = checkpoint("two", Tensor.of("w", new float[4], 4), Tensor.of("x", new float[1]));
                Checkpoint square = checkpoint("square", Tensor.of("w", new float[4], 2, 2))) {
            for (double alpha : new double[]{-0.1, 1.1, Double.NaN}) {
                assertThrows(IllegalArgumentException.class, () -> Interpolation.of(one, one, alpha));
            }
            assertRefused("one.safetensors: there is no tensor x", one, two);
            assertRefused("one.safetensors: there is no tensor x", two, one);
            assertRefused("square.safetensors: tensor w has the shape [2, 2], expected [4]", one, square);
        }
    }

    private static void assertRefused(String part, Checkpoint base, Checkpoint tuned) {
        CheckpointException e = assertThrows(CheckpointException.class, () -> Interpolation.of(base, tuned, 0.5));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
