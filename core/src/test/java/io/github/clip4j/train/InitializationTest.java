package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Activation;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InitializationTest {
    private static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(64, 128, 8, 2, Activation.QUICK_GELU, 1e-5f), 32, 8, 3),
            new TextConfig(new TowerConfig(36, 100, 2, 2, Activation.QUICK_GELU, 1e-5f), 300, 16, 299), 48);

    private static ModelParameters initial(long seed) {
        return ModelParameters.initial(CONFIG, seed, _ -> true);
    }

    /** The figures written out for hidden sizes 64 and 36, 8 and 2 layers. */
    @Test
    void standardDeviations() {
        Map<String, Double> vision = Map.of("class_embedding", 0.125, "patch_embedding", 1.0 / 24,
                "position_embedding", 0.125, "q_proj", 0.125, "k_proj", 0.125, "v_proj", 0.125, "out_proj", 1.0 / 32,
                "fc1", 0.0883883476483184, "fc2", 1.0 / 32, "visual_projection", 0.125);
        Map<String, Double> text = Map.of("token_embedding", 0.02, "position_embedding", 0.01, "q_proj", 1.0 / 6,
                "k_proj", 1.0 / 6, "v_proj", 1.0 / 6, "out_proj", 1.0 / 12, "fc1", 0.117851130197758, "fc2", 1.0 / 12,
                "text_projection", 1.0 / 6);
        for (Parameter parameter : initial(1).all()) {
            String name = parameter.name();
            float[] values = parameter.value();
            if (name.equals("logit_scale")) {
                assertArrayEquals(new float[]{2.6592600369f}, values);
            } else if (name.endsWith("bias") || name.contains("norm") || name.contains("layr")) {
                float[] expected = new float[values.length];
                Arrays.fill(expected, name.endsWith("bias") ? 0 : 1);
                assertArrayEquals(expected, values, name);
            } else {
                String[] parts = name.replace(".weight", "").split("\\.");
                double deviation = (name.startsWith("text") ? text : vision).get(parts[parts.length - 1]);
                assertNormal(name, values, deviation);
            }
        }
    }

    /** Mean and standard deviation of n samples are normal around theirs, by σ / sqrt(n) and σ / sqrt(2 n). */
    private static void assertNormal(String name, float[] values, double deviation) {
        int n = values.length;
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / (double) n;
            square += value * (double) value / n;
        }
        assertEquals(0, mean, 5 * deviation / Math.sqrt(n), name);
        assertEquals(deviation, Math.sqrt(square), 5 * deviation / Math.sqrt(2 * n), name);
    }

    @Test
    void aFunctionOfSeedAndName() {
        Set<Float> first = new HashSet<>();
        for (long seed = 0; seed < 3; seed++) {
            ModelParameters again = initial(seed);
            for (Parameter parameter : initial(seed).all()) {
                assertArrayEquals(parameter.value(), again.get(parameter.name()).value(), parameter.name());
                float value = parameter.value()[0];
                if (value != 0 && value != 1 && parameter.shape().size() > 0) {
                    assertTrue(first.add(value), parameter.name() + ", seed " + seed + ": " + value);
                }
            }
        }
    }

    /** Vision: keys like queries, outputs the negative transpose of values, positions of 16 sines and cosines each. */
    @Test
    void mimetic() {
        ModelParameters plain = initial(5);
        ModelParameters mimetic = ModelParameters.mimetic(CONFIG, 5, _ -> true);
        for (Parameter parameter : mimetic.all()) {
            String name = parameter.name();
            float[] values = parameter.value();
            if (name.startsWith("vision") && name.endsWith("k_proj.weight")) {
                float[] query = mimetic.get(name.replace("k_proj", "q_proj")).value();
                float[] key = plain.get(name).value();
                for (int i = 0; i < values.length; i++) {
                    assertEquals(0.85 * query[i] + 0.526782687642637 * key[i], values[i], 1e-7, name);
                }
                assertNormal(name, values, 0.125);
            } else if (name.startsWith("vision") && name.endsWith("out_proj.weight")) {
                float[] value = mimetic.get(name.replace("out_proj", "v_proj")).value();
                for (int i = 0; i < 64 * 64; i++) {
                    assertEquals(-0.4f * value[i % 64 * 64 + i / 64], values[i], name);
                }
            } else if (name.equals("vision_model.embeddings.position_embedding.weight")) {
                assertArrayEquals(Arrays.copyOf(plain.get(name).value(), 64), Arrays.copyOf(values, 64), "class token");
                int at = (1 + 2 * 4 + 3) * 64; // row 2, column 3 of 4 x 4
                double slow = Math.pow(10_000, -1.0 / 16);
                assertEquals(Math.sin(2), values[at], 1e-7);
                assertEquals(Math.cos(2 * slow), values[at + 17], 1e-7);
                assertEquals(Math.sin(3), values[at + 32], 1e-7);
                assertEquals(Math.cos(3 * slow), values[at + 49], 1e-7);
            } else if (!name.contains("patch_embedding")) {
                assertArrayEquals(plain.get(name).value(), values, name);
            }
        }
    }

    @Test
    void mimeticNeedsFourEqualPartsOfAPosition() {
        ClipConfig odd = new ClipConfig(
                new VisionConfig(new TowerConfig(6, 8, 1, 1, Activation.GELU, 1e-5f), 32, 8, 3), CONFIG.text(), 48);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> ModelParameters.mimetic(odd, 1, _ -> true));
        assertTrue(e.getMessage().contains("hidden size of 6 and 3 channels, expected a multiple of 4"),
                e.getMessage());
    }

    /** Rows are orthogonal; the first is the mean of a patch, 0.6 divided by its deviation. Rows too many stay. */
    @Test
    void patchFilters() {
        int size = 4;
        int length = 3 * size * size;
        float[] weights = new float[(length + 2) * length];
        Arrays.fill(weights, 7);
        PatchFilters.fill(weights, size);
        for (int i = 0; i < length; i++) {
            assertEquals(0.6 * Math.pow(0.25, 0.85) / Math.sqrt(length), weights[i], 1e-7);
        }
        for (int row = 0; row < length; row++) {
            double before = row == 0 ? 0 : product(weights, row - 1, row - 1, length);
            double square = product(weights, row, row, length);
            assertTrue(square > before * (1 - 1e-6), "row " + row + " stands for less than the one before it");
            for (int other = 0; other < row; other++) {
                assertEquals(0, product(weights, row, other, length), 1e-5 * square, row + ", " + other);
            }
        }
        assertEquals(7, weights[length * length]);
        assertEquals(7, weights[weights.length - 1]);
    }

    private static double product(float[] weights, int row, int other, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) weights[row * length + i] * weights[other * length + i];
        }
        return sum;
    }
}
