package io.github.clip4j.kernels;

/**
 * Operations on one row {@code [from, from + n)} that are done once for an embedding, in float64: they cost nothing beside
 * the towers, and add no error of their own.
 */
final class EmbeddingRows {
    private EmbeddingRows() {}

    static void normalize(float[] x, int from, int n) {
        double length = Math.sqrt(dot(x, x, from, n));
        for (int i = from; i < from + n; i++) {
            x[i] = (float) (x[i] / length);
        }
    }

    static void normalizeGradient(float[] x, int from, int n, float[] dy, float[] dx) {
        double length = Math.sqrt(dot(x, x, from, n));
        double slope = dot(x, dy, from, n) / length; // y · dy
        for (int i = from; i < from + n; i++) {
            dx[i] = (float) ((dy[i] - x[i] / length * slope) / length);
        }
    }

    /** Logits become {@code share * (softmax - targets)}; returns {@code -sum(targets * log softmax)}. */
    static double crossEntropy(float[] logits, int from, int n, float[] targets, float share) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, logits[i]);
        }
        double sum = 0;
        double expected = 0;
        for (int i = from; i < from + n; i++) {
            sum += Math.exp(logits[i] - max);
            expected += targets[i] * (logits[i] - max);
        }
        for (int i = from; i < from + n; i++) {
            logits[i] = (float) (share * (Math.exp(logits[i] - max) / sum - targets[i]));
        }
        return Math.log(sum) - expected;
    }

    private static double dot(float[] a, float[] b, int from, int n) {
        double dot = 0;
        for (int i = from; i < from + n; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot;
    }
}
