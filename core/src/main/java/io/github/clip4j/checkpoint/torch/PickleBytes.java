package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.raw.Quote;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Bytes of a file from front to back, never past the end. */
final class PickleBytes {
    private static final int MAX_LINE = 1000;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final String source;
    private long position;

    /** @param source begins the messages */
    PickleBytes(MemorySegment bytes, String source) {
        this.bytes = bytes;
        this.source = source;
    }

    long position() {
        return position;
    }

    /** Moves on by {@code count} bytes, which are there, and gives where they begin. */
    long take(long count) {
        if (count < 0 || count > bytes.byteSize() - position) {
            throw bad("expected " + count + " bytes more, but the data end after " + (bytes.byteSize() - position)
                    + ": cut short or damaged");
        }
        position += count;
        return position - count;
    }

    int u8() {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1)));
    }

    int u16() {
        return Short.toUnsignedInt(bytes.get(SHORT, take(2)));
    }

    int i32() {
        return bytes.get(INT, take(4));
    }

    long u32() {
        return Integer.toUnsignedLong(i32());
    }

    long i64() {
        return bytes.get(LONG, take(8));
    }

    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(i64()));
    }

    String text(long length, Charset charset) {
        long from = take(length);
        if (length > 1 << 24) {
            throw bad("expected a text of at most 16 MB, found " + length + " bytes");
        }
        try {
            return charset.newDecoder().decode(bytes.asSlice(from, length).asByteBuffer()).toString();
        } catch (CharacterCodingException _) {
            throw bad("expected a text in " + charset + ", found other bytes");
        }
    }

    /** A number of 0 to 255 bytes, little-endian and signed: Long where it fits. */
    Number integer(int length) {
        byte[] bigEndian = new byte[length];
        long from = take(length);
        for (int i = 0; i < length; i++) {
            bigEndian[length - 1 - i] = bytes.get(ValueLayout.JAVA_BYTE, from + i);
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    /** The text up to the next line feed. */
    String line() {
        long end = position;
        while (end < bytes.byteSize() && bytes.get(ValueLayout.JAVA_BYTE, end) != '\n') {
            end++;
        }
        if (end == bytes.byteSize() || end - position > MAX_LINE) {
            throw bad("expected a name of at most " + MAX_LINE + " bytes and a line feed");
        }
        String line = text(end - position, StandardCharsets.UTF_8);
        take(1);
        return line;
    }

    MemorySegment rest() {
        return bytes.asSlice(position);
    }

    CheckpointException bad(String problem) {
        return new CheckpointException(source + ": byte " + position + ": " + Quote.printable(problem));
    }
}
