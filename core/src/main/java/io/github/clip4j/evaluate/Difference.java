package io.github.clip4j.evaluate;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;

/** Gathers the largest difference from a reference; NaN counts as infinite. */
final class Difference {
    private final double[] reference;
    private double largest;
    private double scale;

    /** @param size what the model computes, to be checked */
    Difference(Tensor tensor, long size) {
        if (tensor.size() != size) {
            throw new CheckpointException("reference " + tensor.name() + " has the shape " + tensor.shape()
                    + ", the model computes " + size + " values");
        }
        this.reference = tensor.doubles();
    }

    /** Of a whole tensor. */
    static Difference of(Tensor reference, float[] values) {
        Difference difference = new Difference(reference, values.length);
        for (int i = 0; i < values.length; i++) {
            difference.add(i, values[i]);
        }
        return difference;
    }

    void add(int index, float value) {
        double difference = Math.abs(value - reference[index]);
        largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        scale = Math.max(scale, Math.abs(reference[index]));
    }

    double absolute() {
        return largest;
    }

    /** By the largest value of the reference. */
    double relative() {
        return largest == 0 ? 0 : largest / scale;
    }
}
