package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Tensor;
import java.util.List;

/**
 * A tensor of a model in training.
 *
 * @param name in the checkpoint
 * @param shape outermost dimension first; empty for a scalar
 * @param value in row-major order
 * @param gradient of the loss by the value, as long as it; null if the tensor is frozen
 */
public record Parameter(String name, List<Long> shape, float[] value, float[] gradient) {
    /** Whether an optimiser changes the tensor. */
    public boolean trained() {
        return gradient != null;
    }

    /** The value as a tensor of a checkpoint, over the same array. */
    public Tensor tensor() {
        return tensor(name, value);
    }

    /** Values of the same shape under another name. */
    Tensor tensor(String name, float[] values) {
        return Tensor.of(name, values, shape.stream().mapToLong(Long::longValue).toArray());
    }
}
