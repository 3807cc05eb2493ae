package io.github.clip4j.kernels;

/** The gradients of {@link Kernels}, which says what they compute and checks the shapes. */
sealed interface Gradients permits ScalarGradients, VectorGradients {
    void weights(float[] dy, float[] x, int m, int n, int k, float[] dw, float[] db);

    void activate(Activation activation, float[] x, float[] dy, int n);

    void layerNorm(float[] x, int rows, float[] weight, float epsilon, float[] dy, float[] dx, float[] dWeight,
            float[] dBias);

    /** Writes the gradients of the keys and values of every token, and of the queries that are in the shape. */
    void attention(AttentionShape shape, float[] qkv, float[] dOut, float[] dQkv);
}
