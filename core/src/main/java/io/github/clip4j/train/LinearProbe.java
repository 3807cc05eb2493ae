package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.RowReader;
import java.util.List;

/**
 * A linear classifier on image embeddings, which stay as they are: {@code logits = x Wᵀ + b}, where x is an embedding
 * scaled to the length √dimension, so that its elements are around 1. Source of the idea: Radford et al., Learning
 * Transferable Visual Models From Natural Language Supervision, 2021, section 3.2.
 *
 * @param weights [classes, dimension], row-major
 * @param biases [classes]
 */
public record LinearProbe(float[] weights, float[] biases) {
    /**
     * How it is fitted: AdamW on the cross entropy of all images at once, with a learning rate that falls as a cosine.
     *
     * @throws IllegalArgumentException from {@link #fit}, if a figure is out of bounds
     */
    public record Settings(int steps, double learningRate, double weightDecay) {
        public static final Settings DEFAULT = new Settings(300, 0.01, 0.1);
    }

    /**
     * Fits a classifier.
     *
     * @param embeddings [labels.length, dimension], unit vectors
     * @param labels the class of each, 0 to classes - 1
     */
    public static LinearProbe fit(float[] embeddings, int[] labels, int classes, Settings settings, Kernels kernels) {
        int n = labels.length;
        int dimension = embeddings.length / n;
        Parameter weights = parameter("weight", List.of((long) classes, (long) dimension), classes * dimension);
        Parameter biases = parameter("bias", List.of((long) classes), classes);
        AdamW optimizer = new AdamW(List.of(weights, biases), new AdamW.Settings(0.9, 0.999, 1e-8,
                settings.weightDecay, true, Double.POSITIVE_INFINITY), kernels);
        Schedule schedule = new Schedule(Schedule.Decay.COSINE, settings.learningRate, 0, settings.steps);
        LinearProbe probe = new LinearProbe(weights.value(), biases.value());
        float[] x = scaled(embeddings, dimension); // [n, dimension]
        float[] targets = new float[n * classes]; // [n, classes]
        for (int i = 0; i < n; i++) {
            targets[i * classes + labels[i]] = 1;
        }
        for (int step = 0; step < settings.steps; step++) {
            float[] logits = probe.logits(x, n, dimension, kernels); // [n, classes]
            kernels.crossEntropy(logits, n, classes, targets); // now their gradient
            kernels.weightGradient(logits, x, n, classes, dimension, weights.gradient(), biases.gradient());
            optimizer.step(schedule.learningRate(step));
        }
        return probe;
    }

    private static Parameter parameter(String name, List<Long> shape, int size) {
        return new Parameter(name, shape, new float[size], new float[size]);
    }

    private static float[] scaled(float[] embeddings, int dimension) {
        float[] x = embeddings.clone();
        float factor = (float) Math.sqrt(dimension);
        for (int i = 0; i < x.length; i++) {
            x[i] *= factor;
        }
        return x;
    }

    private float[] logits(float[] x, int n, int dimension, Kernels kernels) {
        float[] logits = new float[n * biases.length];
        kernels.multiply(x, n, kernels.pack(biases.length, dimension, RowReader.of(weights, dimension)), biases,
                Epilogue.NONE, logits);
        return logits;
    }

    /**
     * The share of images whose class has the largest logit.
     *
     * @param embeddings [labels.length, dimension], unit vectors
     */
    public double accuracy(float[] embeddings, int[] labels, Kernels kernels) {
        int dimension = embeddings.length / labels.length;
        int classes = biases.length;
        float[] logits = logits(scaled(embeddings, dimension), labels.length, dimension, kernels);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = logits[i * classes + c] > logits[i * classes + best] ? c : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    /** Both as tensors of a file: {@code weight} [classes, dimension] and {@code bias} [classes]. */
    public List<Tensor> tensors() {
        return List.of(Tensor.of("weight", weights, biases.length, weights.length / biases.length),
                Tensor.of("bias", biases, biases.length));
    }
}
