package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.util.List;

/** A tensor that is written as another floating-point type; what is read of it has that type's precision. */
record RetypedTensor(Tensor tensor, DType dtype) implements Tensor {
    @Override
    public String name() {
        return tensor.name();
    }

    @Override
    public List<Long> shape() {
        return tensor.shape();
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        tensor.read(from, target, offset, count);
        for (int i = offset; i < offset + count; i++) {
            float rounded = round(target[i]);
            if (Float.isInfinite(rounded) && Float.isFinite(target[i])) {
                throw new CheckpointException("tensor " + Quote.of(name()) + ": the value " + target[i]
                        + " is too large for " + dtype);
            }
            target[i] = rounded;
        }
    }

    /** The nearest value of the type; of two equally near the one whose last bit is 0. */
    private float round(float value) {
        return switch (dtype) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> {
                int bits = Float.floatToRawIntBits(value);
                yield Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
            }
            default -> value;
        };
    }

    @Override
    public void unload() {
        tensor.unload();
    }
}
