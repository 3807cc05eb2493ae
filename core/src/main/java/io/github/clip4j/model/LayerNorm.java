package io.github.clip4j.model;

import io.github.clip4j.kernels.Kernels;

/** {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias} over each token. */
record LayerNorm(float[] weight, float[] bias, float epsilon) {
    /** x, y [tokens, hidden]; y may be x. */
    void apply(Kernels kernels, float[] x, int tokens, float[] y) {
        kernels.layerNorm(x, tokens, weight, bias, epsilon, y);
    }
}
