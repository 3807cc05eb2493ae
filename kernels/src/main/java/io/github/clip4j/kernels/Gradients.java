package io.github.clip4j.kernels;

/**
 * The backward of the operations of {@link Kernels}, whose methods of the same names say what these compute and check
 * the shapes.
 */
sealed interface Gradients permits ScalarGradients, VectorGradients {
    void weights(float[] dy, float[] x, int m, int n, int k, float[] dw, float[] db);

    void activate(Activation activation, float[] x, float[] dy, int n);

    void layerNorm(float[] x, int rows, float[] weight, float epsilon, float[] dy, float[] dx, float[] dWeight,
            float[] dBias);

    /** Writes the gradients of the keys and values of every token, and of the queries that are in the shape. */
    void attention(AttentionShape shape, float[] qkv, float[] dOut, float[] dQkv);

    void normalizeRow(float[] x, int from, int n, float[] dy, float[] dx);

    /** Logits become {@code share * (softmax - targets)}; returns {@code -sum(targets * log softmax)}. */
    double crossEntropyRow(float[] logits, int from, int n, float[] targets, float share);
}
