package io.github.clip4j.checkpoint;

import io.github.clip4j.kernels.Activation;
import java.util.Objects;

/**
 * What both towers have: a stack of transformer blocks.
 *
 * @param hidden width of a token
 * @param intermediate width of the MLP's hidden layer
 * @param layers number of blocks
 * @param heads attention heads; {@code hidden} is a multiple of it
 * @param epsilon added to the variance in layer norms
 */
public record TowerConfig(int hidden, int intermediate, int layers, int heads, Activation activation, float epsilon) {
    /** @throws IllegalArgumentException naming the field of {@code config.json} that is out of bounds */
    public TowerConfig {
        Check.size("hidden_size", hidden, Check.MAX_HIDDEN_SIZE);
        Check.size("intermediate_size", intermediate, 1 << 16);
        Check.size("num_hidden_layers", layers, 1 << 10);
        Check.size("num_attention_heads", heads, hidden);
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size: expected a multiple of num_attention_heads " + heads + ", found " + hidden);
        }
        Objects.requireNonNull(activation, "hidden_act");
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("layer_norm_eps: expected a number between 0 and 1, found " + epsilon);
        }
    }

    /** Width of one attention head. */
    public int headDim() {
        return hidden / heads;
    }

    TowerConfig with(Activation other) {
        return new TowerConfig(hidden, intermediate, layers, heads, other, epsilon);
    }
}
