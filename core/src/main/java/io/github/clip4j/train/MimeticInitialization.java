package io.github.clip4j.train;

import io.github.clip4j.checkpoint.ClipConfig;
import java.util.List;

/**
 * The weights of {@link Initialization}, but for the vision tower. Its attention begins as it is found after long
 * training: tokens look at what is like them and near them, and take the mean of it off. Its patches begin as
 * {@link PatchFilters}. In every block, and with plain weights K',
 *
 * <pre>
 * K = 0.85 Q + sqrt(1 - 0.85²) K'     so that q · k of a token with itself is 0.85 headDim in the mean, else 0
 * O = -0.4 Vᵀ                         so that O V is -0.4 times the identity in the mean
 * </pre>
 *
 * and the positions of the patches are, for row y, column x and the frequencies {@code w[i] = 10000^(-i / n)}, i below
 * n = hidden / 4,
 *
 * <pre>
 * sin(y w), cos(y w), sin(x w), cos(x w)
 * </pre>
 *
 * Sources: Trockman, Kolter: Mimetic Initialization of Self-Attention Layers, 2023 (arXiv 2305.09828), which takes such
 * factors from a singular value decomposition; positions: He et al.: Masked Autoencoders Are Scalable Vision Learners,
 * 2021 (arXiv 2111.06377).
 */
final class MimeticInitialization {
    private static final double KEY_SHARE = 0.85;
    private static final float OUTPUT_SHARE = -0.4f;
    private static final double BASE = 10_000;

    private final ClipConfig config;
    private final Initialization plain;

    /** @throws IllegalArgumentException if images have not 3 channels or the hidden size is no multiple of 4 */
    MimeticInitialization(ClipConfig config, long seed) {
        this.config = config;
        this.plain = new Initialization(config, seed);
        int hidden = config.vision().tower().hidden();
        if (hidden % 4 != 0 || config.vision().channels() != 3) {
            throw new IllegalArgumentException("mimetic initialization: the vision tower has a hidden size of " + hidden
                    + " and " + config.vision().channels() + " channels, expected a multiple of 4 and 3 channels");
        }
    }

    /** The elements of a tensor, a pure function of seed, name and config. */
    float[] values(String name, List<Long> shape) {
        float[] values = plain.values(name, shape);
        if (name.equals("vision_model.embeddings.position_embedding.weight")) {
            fillPositions(values);
        } else if (name.equals("vision_model.embeddings.patch_embedding.weight")) {
            PatchFilters.fill(values, config.vision().patchSize());
        } else if (name.startsWith("vision_model.") && name.endsWith("k_proj.weight")) {
            float[] query = plain.values(name.replace("k_proj", "q_proj"), shape);
            float rest = (float) Math.sqrt(1 - KEY_SHARE * KEY_SHARE);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) KEY_SHARE * query[i] + rest * values[i];
            }
        } else if (name.startsWith("vision_model.") && name.endsWith("out_proj.weight")) {
            float[] value = plain.values(name.replace("out_proj", "v_proj"), shape);
            int hidden = config.vision().tower().hidden();
            for (int i = 0; i < values.length; i++) {
                values[i] = OUTPUT_SHARE * value[i % hidden * hidden + i / hidden];
            }
        }
        return values;
    }

    /** All rows [tokens, hidden] but that of the class token. */
    private void fillPositions(float[] positions) {
        int hidden = config.vision().tower().hidden();
        int grid = config.vision().grid();
        int n = hidden / 4;
        for (int token = 1; token < config.vision().tokens(); token++) {
            for (int i = 0; i < n; i++) {
                double frequency = Math.pow(BASE, -(double) i / n);
                double y = (token - 1) / grid * frequency;
                double x = (token - 1) % grid * frequency;
                positions[token * hidden + i] = (float) Math.sin(y);
                positions[token * hidden + n + i] = (float) Math.cos(y);
                positions[token * hidden + 2 * n + i] = (float) Math.sin(x);
                positions[token * hidden + 3 * n + i] = (float) Math.cos(x);
            }
        }
    }
}
