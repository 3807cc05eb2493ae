package io.github.clip4j.checkpoint.raw;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A tensor as its bytes stand in a file: row-major, at any alignment.
 *
 * @param source the file, for messages
 * @param size the number of elements, the product of {@code shape}
 * @param bytes exactly the tensor's data
 * @param order of the bytes of a number
 */
public record StoredTensor(String source, String name, DType dtype, List<Long> shape, long size, MemorySegment bytes,
        ByteOrder order) implements Tensor {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    /**
     * Elements of 16 bits are fetched in pieces of this size: a loop over arrays is vectorised, one over memory is not.
     */
    private static final int PIECE = 4096;

    /** A tensor of little-endian numbers, as most files have them. */
    public StoredTensor(String source, String name, DType dtype, List<Long> shape, long size, MemorySegment bytes) {
        this(source, name, dtype, shape, size, bytes, ORDER);
    }

    @Override
    public void read(long from, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(from, count, size);
        Objects.checkFromIndexSize(offset, count, target.length);
        switch (dtype) {
            case F32 -> MemorySegment.copy(bytes, FLOAT.withOrder(order), Float.BYTES * from, target, offset, count);
            case F16, BF16 -> readHalves(from, target, offset, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = (float) Double.longBitsToDouble(longAt(from + i));
                }
            }
            default -> throw wrongType("a floating-point one of 16, 32 or 64 bits");
        }
    }

    private void readHalves(long from, float[] target, int offset, int count) {
        short[] piece = new short[Math.min(PIECE, count)];
        for (int done = 0; done < count; done += piece.length) {
            int n = Math.min(piece.length, count - done);
            MemorySegment.copy(bytes, SHORT.withOrder(order), Short.BYTES * (from + done), piece, 0, n);
            if (dtype == DType.F16) {
                widenFloat16(piece, target, offset + done, n);
            } else {
                widenBfloat16(piece, target, offset + done, n);
            }
        }
    }

    private static void widenFloat16(short[] bits, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.float16ToFloat(bits[i]);
        }
    }

    /** bfloat16 is the upper half of a float32. */
    private static void widenBfloat16(short[] bits, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.intBitsToFloat(bits[i] << 16);
        }
    }

    @Override
    public void unload() {
        if (bytes.isMapped()) {
            bytes.unload();
        }
    }

    @Override
    public double[] doubles() {
        if (dtype != DType.F64) {
            return Tensor.super.doubles();
        }
        double[] all = new double[ArrayLength.of(this)];
        for (int i = 0; i < all.length; i++) {
            all[i] = Double.longBitsToDouble(longAt(i));
        }
        return all;
    }

    @Override
    public long[] longs() {
        long[] all = new long[ArrayLength.of(this)];
        for (int i = 0; i < all.length; i++) {
            all[i] = switch (dtype) {
                case BOOL -> bytes.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
                case I8 -> bytes.get(ValueLayout.JAVA_BYTE, i);
                case U8 -> Byte.toUnsignedLong(bytes.get(ValueLayout.JAVA_BYTE, i));
                case I16 -> shortAt(i);
                case U16 -> Short.toUnsignedLong(shortAt(i));
                case I32 -> intAt(i);
                case U32 -> Integer.toUnsignedLong(intAt(i));
                case I64 -> longAt(i);
                case U64 -> signed(longAt(i));
                default -> throw wrongType("BOOL or an integer one");
            };
        }
        return all;
    }

    private short shortAt(long index) {
        short bits = bytes.getAtIndex(SHORT, index);
        return order == ORDER ? bits : Short.reverseBytes(bits);
    }

    private int intAt(long index) {
        int bits = bytes.getAtIndex(INT, index);
        return order == ORDER ? bits : Integer.reverseBytes(bits);
    }

    private long longAt(long index) {
        long bits = bytes.getAtIndex(LONG, index);
        return order == ORDER ? bits : Long.reverseBytes(bits);
    }

    private long signed(long unsigned) {
        if (unsigned < 0) {
            throw wrongType("numbers below 2^63, but there is " + Long.toUnsignedString(unsigned));
        }
        return unsigned;
    }

    private CheckpointException wrongType(String expected) {
        return new CheckpointException(
                source + ": tensor " + Quote.of(name) + ": its type is " + dtype + ", expected " + expected);
    }
}
