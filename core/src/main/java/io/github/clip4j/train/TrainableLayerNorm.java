package io.github.clip4j.train;

import io.github.clip4j.kernels.Kernels;

/** {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias} over each token. */
record TrainableLayerNorm(Kernels kernels, Parameter weight, Parameter bias, float epsilon) {
    /** x, y [tokens, hidden]. */
    void forward(float[] x, int tokens, float[] y) {
        kernels.layerNorm(x, tokens, weight.value(), bias.value(), epsilon, y);
    }

    /** Adds the gradient of the input to dx, and those of the parameters to theirs: x, dy, dx [tokens, hidden]. */
    void backward(float[] x, int tokens, float[] dy, float[] dx) {
        kernels.layerNormGradient(x, tokens, weight.value(), epsilon, dy, dx, weight.gradient(), bias.gradient());
    }
}
