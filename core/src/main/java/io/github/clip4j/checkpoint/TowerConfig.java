package io.github.clip4j.checkpoint;

import io.github.clip4j.kernels.Activation;

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
    /** Width of one attention head. */
    public int headDim() {
        return hidden / heads;
    }
}
