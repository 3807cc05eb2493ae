package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.checkpoint.raw.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredTensorTest {
    /** Longer than one piece of the 16-bit types. */
    private static final int SIZE = 10_001;

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F32", "F64"})
    void readsAnyRangeAtAnyAlignment(DType dtype) {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = new byte[SIZE * dtype.bits() / 8];
            random.nextBytes(bytes);
            Tensor tensor = tensor(dtype, bytes, random.nextInt(8));
            int from = random.nextInt(SIZE);
            int count = random.nextInt(SIZE - from + 1);
            int offset = random.nextInt(5);
            float[] target = new float[offset + count + 3];
            float[] expected = target.clone();
            for (int i = 0; i < count; i++) {
                expected[offset + i] = (float) plainly(dtype, bytes, from + i);
            }
            tensor.read(from, target, offset, count);
            assertArrayEquals(expected, target, "seed " + seed + ", range " + from + " + " + count);
            double[] all = IntStream.range(0, SIZE).mapToDouble(i -> plainly(dtype, bytes, i)).toArray();
            assertArrayEquals(all, tensor.doubles(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyValueOfSixteenBits(DType dtype) {
        byte[] bytes = new byte[1 << 17];
        for (int bits = 0; bits < 1 << 16; bits++) {
            bytes[2 * bits] = (byte) bits;
            bytes[2 * bits + 1] = (byte) (bits >> 8);
        }
        float[] values = tensor(dtype, bytes, 0).floats();
        for (int bits = 0; bits < values.length; bits++) {
            assertEquals((float) plainly(dtype, bytes, bits), values[bits], "bits " + bits);
        }
    }

    /** The definition of IEEE 754, digit by digit. */
    private static double plainly(DType dtype, byte[] bytes, int index) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (dtype) {
            case F16 -> small(buffer.getShort(2 * index), 5, 10);
            case BF16 -> small(buffer.getShort(2 * index), 8, 7);
            case F32 -> buffer.getFloat(4 * index);
            default -> buffer.getDouble(8 * index);
        };
    }

    private static double small(int bits, int exponentBits, int fractionBits) {
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        int ones = (1 << exponentBits) - 1;
        int exponent = bits >> fractionBits & ones;
        double fraction = (bits & (1 << fractionBits) - 1) / (double) (1 << fractionBits);
        int bias = ones / 2;
        if (exponent == ones) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0
                ? sign * fraction * Math.pow(2, 1 - bias)
                : sign * (1 + fraction) * Math.pow(2, exponent - bias);
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOL", "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"})
    void integers(DType dtype) {
        int width = dtype.bits() / 8;
        byte[] bytes = new byte[SIZE * width];
        new SplittableRandom(1).nextBytes(bytes);
        if (dtype == DType.U64) {
            for (int i = 7; i < bytes.length; i += 8) {
                bytes[i] &= 0x7F;
            }
        }
        long[] values = tensor(dtype, bytes, 3).longs();
        for (int i = 0; i < SIZE; i++) {
            byte[] bigEndian = new byte[width];
            for (int k = 0; k < width; k++) {
                bigEndian[k] = bytes[(i + 1) * width - 1 - k];
            }
            BigInteger expected = dtype.name().startsWith("I")
                    ? new BigInteger(bigEndian)
                    : new BigInteger(1, bigEndian);
            assertEquals(dtype == DType.BOOL ? expected.signum() : expected.longValueExact(), values[i], "index " + i);
        }
    }

    @Test
    void wrongTypesAndRangesAreNamed() {
        Tensor ids = tensor(DType.I64, new byte[16], 0);
        assertMessage("tensor \"t\": its type is I64", () -> ids.read(0, new float[2], 0, 2));
        assertMessage("tensor \"t\": its type is I64", ids::doubles);
        Tensor large = new StoredTensor("file", "t", DType.F64, List.of(1L << 31), 1L << 31, MemorySegment.NULL);
        assertMessage("fewer than 2^31 elements", large::floats);
        assertMessage("fewer than 2^31 elements", large::doubles);
        assertMessage("below 2^63", tensor(DType.U64, new byte[]{0, 0, 0, 0, 0, 0, 0, -128}, 0)::longs);
        assertMessage("its type is F32", tensor(DType.F32, new byte[8], 0)::longs);
        assertMessage("its type is F32", Tensor.of("t", new float[2], 2)::longs);
        for (Tensor tensor : List.of(tensor(DType.F32, new byte[8], 0), tensor(DType.BF16, new byte[4], 0),
                tensor(DType.F64, new byte[16], 0), Tensor.of("t", new float[2], 2),
                new SyntheticCheckpoint(Configs.TINY)
                        .tensor("text_model.encoder.layers.0.layer_norm1.bias"))) {
            float[] target = new float[100];
            long size = tensor.size();
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(size - 1, target, 0, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(-1, target, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(1L << 32, target, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(0, target, 99, 2));
        }
    }

    @Test
    void arraysAsTensors() {
        float[] values = {1, 2, 3, 4, 5, 6};
        Tensor tensor = Tensor.of("t", values, 2, 3);
        assertEquals(List.of(2L, 3L), tensor.shape());
        assertEquals(6, tensor.size());
        assertArrayEquals(values, tensor.floats());
        assertArrayEquals(new double[]{1, 2, 3, 4, 5, 6}, tensor.doubles());
        assertEquals(1, Tensor.of("scalar", new float[1]).size());
        assertThrows(IllegalArgumentException.class, () -> Tensor.of("t", values, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> Tensor.of("t", values, -2, -3));
    }

    private static void assertMessage(String part, Executable call) {
        SafetensorsBytes.assertMessage("", part, assertThrows(CheckpointException.class, call));
    }

    private static StoredTensor tensor(DType dtype, byte[] bytes, int misalignment) {
        byte[] moved = new byte[misalignment + bytes.length];
        System.arraycopy(bytes, 0, moved, misalignment, bytes.length);
        long size = bytes.length * 8L / dtype.bits();
        MemorySegment data = MemorySegment.ofArray(moved).asSlice(misalignment);
        return new StoredTensor("file", "t", dtype, List.of(size), size, data);
    }
}
