package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.util.List;
import java.util.Objects;

/** An I64 scalar in memory. */
record Counter(String name, long value) implements Tensor {
    Counter {
        Objects.requireNonNull(name);
    }

    @Override
    public DType dtype() {
        return DType.I64;
    }

    @Override
    public List<Long> shape() {
        return List.of();
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        throw new CheckpointException(
                "tensor " + Quote.of(name) + ": its type is I64, expected a floating-point one");
    }

    @Override
    public long[] longs() {
        return new long[]{value};
    }
}
