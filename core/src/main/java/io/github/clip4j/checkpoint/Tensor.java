package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.ArrayLength;
import io.github.clip4j.checkpoint.raw.Quote;
import java.util.List;
import java.util.stream.LongStream;

/** One named array of a checkpoint. Elements are read piece by piece in row-major order, widened on the way. */
public interface Tensor {
    /**
     * An F32 tensor in memory.
     *
     * @param values in row-major order; not copied, so a later change of the array shows
     * @param shape outermost dimension first; none for a scalar
     * @throws IllegalArgumentException if shape and number of values do not agree
     */
    static Tensor of(String name, float[] values, long... shape) {
        return new FloatTensor(name, values, LongStream.of(shape).boxed().toList());
    }

    /** An I64 scalar in memory. */
    static Tensor of(String name, long value) {
        return new Counter(name, value);
    }

    /**
     * This tensor, to be written as another floating-point type: rounded to the nearest value, ties to even. Reading it
     * throws {@link CheckpointException} at a value that is too large for the type.
     *
     * @throws IllegalArgumentException if the type is not F32, F16 or BF16
     */
    default Tensor as(DType type) {
        if (!List.of(DType.F32, DType.F16, DType.BF16).contains(type)) {
            throw new IllegalArgumentException("tensors cannot be turned into the type " + type);
        }
        return new RetypedTensor(this, type);
    }

    /** The name in the checkpoint, such as {@code visual_projection.weight}. */
    String name();

    /** The element type in the file. */
    DType dtype();

    /** The dimensions, outermost first; empty for a scalar. */
    List<Long> shape();

    /** The number of elements, the product of {@link #shape()}. */
    default long size() {
        return shape().stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * Copies elements {@code [from, from + count)} to {@code target[offset, offset + count)}. F16 and BF16 are widened
     * exactly, F64 is rounded to the nearest float32.
     *
     * @throws CheckpointException if the type is not a floating-point one of 16, 32 or 64 bits
     * @throws IndexOutOfBoundsException if either range does not exist
     */
    void read(long from, float[] target, int offset, int count);

    /** Releases the memory of elements read so far, where it can be filled again from a file. */
    default void unload() {}

    /** All elements as float32, as {@link #read} gives them. */
    default float[] floats() {
        float[] all = new float[ArrayLength.of(this)];
        read(0, all, 0, all.length);
        return all;
    }

    /**
     * All elements of a floating-point tensor, widened exactly to float64.
     *
     * @throws CheckpointException if the type is not a floating-point one of 16, 32 or 64 bits
     */
    default double[] doubles() {
        float[] floats = floats();
        double[] all = new double[floats.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = floats[i];
        }
        return all;
    }

    /**
     * All elements of an integer or boolean tensor.
     *
     * @throws CheckpointException if the type is not BOOL or an integer of at most 64 bits that a long holds
     */
    default long[] longs() {
        throw new CheckpointException(
                "tensor " + Quote.of(name()) + ": its type is " + dtype() + ", expected BOOL or an integer one");
    }
}
