package io.github.clip4j.checkpoint;

import java.util.List;
import java.util.Objects;

/** An F32 tensor over an array. */
record FloatTensor(String name, float[] values, List<Long> shape) implements Tensor {
    FloatTensor {
        Objects.requireNonNull(name);
        long size = shape.stream().reduce(1L, Math::multiplyExact);
        if (size != values.length || shape.stream().anyMatch(dimension -> dimension < 0)) {
            throw new IllegalArgumentException(
                    "tensor " + name + ": shape " + shape + " does not hold " + values.length + " values");
        }
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        System.arraycopy(values, (int) from, target, offset, count);
    }
}
