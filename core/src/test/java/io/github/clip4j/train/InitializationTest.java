package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
}
