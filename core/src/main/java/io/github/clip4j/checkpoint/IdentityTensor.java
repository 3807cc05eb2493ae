package io.github.clip4j.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The identity [width, width]: what a tower without a projection has in its place. A product with it is exact. */
record IdentityTensor(String name, long width) implements Tensor {
    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public List<Long> shape() {
        return List.of(width, width);
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(from, count, size());
        Arrays.fill(target, offset, offset + count, 0);
        long diagonal = width + 1;
        for (long i = Math.ceilDiv(from, diagonal) * diagonal; i < from + count; i += diagonal) {
            target[(int) (offset + i - from)] = 1;
        }
    }
}
