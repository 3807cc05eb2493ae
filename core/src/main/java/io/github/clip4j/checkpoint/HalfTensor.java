package io.github.clip4j.checkpoint;

import java.util.List;

/** A floating-point tensor rounded to F16. */
record HalfTensor(Tensor tensor) implements Tensor {
    @Override
    public String name() {
        return tensor.name();
    }

    @Override
    public DType dtype() {
        return DType.F16;
    }

    @Override
    public List<Long> shape() {
        return tensor.shape();
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        tensor.read(from, target, offset, count);
        for (int i = offset; i < offset + count; i++) {
            float rounded = Float.float16ToFloat(Float.floatToFloat16(target[i]));
            if (Float.isInfinite(rounded) && Float.isFinite(target[i])) {
                throw new CheckpointException("tensor " + Json.quote(name()) + ": the value " + target[i]
                        + " is too large for F16, whose largest is 65504; write F32");
            }
            target[i] = rounded;
        }
    }
}
