package io.github.clip4j.train;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The weights of a CLIP that has not been trained: layer norms 1 and 0, biases 0, the logit scale ln(1 / 0.07), all
 * else from a normal distribution of mean 0 and, with h the hidden size of the tower and L its number of layers, the
 * standard deviation
 *
 * <pre>
 * token embedding          0.02
 * text positions           0.01
 * class token, patch positions, both projections, query, key, value   h^-0.5
 * attention output, fc2    (2 L h)^-0.5
 * fc1                      (2 h)^-0.5
 * patch embedding          (3 inputs)^-0.5
 * </pre>
 *
 * These are OpenAI's ({@code initialize_parameters} and {@code VisionTransformer} in clip/model.py), what they leave to
 * PyTorch apart: blocks of the vision tower, which are done as those of the text tower, as transformers does; biases,
 * which are 0, as in transformers; the patch embedding, which has PyTorch's standard deviation. transformers' own
 * figures differ where it matters: it scales query, key and value down with the number of layers and not the
 * attention's output, which is what is added to the residual stream, and uses 0.02 for all positions and patches.
 */
final class Initialization {
    private final ClipConfig config;
    private final long seed;

    Initialization(ClipConfig config, long seed) {
        this.config = config;
        this.seed = seed;
    }

    /** The elements of a tensor, a pure function of seed, name and config. */
    float[] values(String name, List<Long> shape) {
        float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
        if (name.equals("logit_scale")) {
            values[0] = (float) Math.log(1 / 0.07);
        } else if (name.matches("(?s).*(layer_?norm\\d?|layrnorm)\\.weight")) {
            Arrays.fill(values, 1);
        } else if (!name.endsWith(".bias")) {
            long nameAndSeed = name.chars().asLongStream().reduce(seed, (hash, c) -> 31 * hash + c);
            SplittableRandom random = new SplittableRandom(nameAndSeed);
            double deviation = standardDeviation(name, shape);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
        }
        return values;
    }

    private double standardDeviation(String name, List<Long> shape) {
        boolean text = name.startsWith("text");
        TowerConfig tower = text ? config.text().tower() : config.vision().tower();
        double hidden = tower.hidden();
        String layer = name.replaceFirst("\\.weight$", "").replaceFirst("(?s).*\\.", "");
        return switch (layer) {
            case "token_embedding" -> 0.02;
            case "position_embedding" -> text ? 0.01 : 1 / Math.sqrt(hidden);
            case "patch_embedding" -> 1 / Math.sqrt(3.0 * shape.get(1) * shape.get(2) * shape.get(3));
            case "out_proj", "fc2" -> 1 / Math.sqrt(2 * tower.layers() * hidden);
            case "fc1" -> 1 / Math.sqrt(2 * hidden);
            case "q_proj", "k_proj", "v_proj", "class_embedding", "visual_projection", "text_projection" ->
                1 / Math.sqrt(hidden);
            default -> throw new IllegalArgumentException("tensor " + name + " has no known initialization");
        };
    }
}
