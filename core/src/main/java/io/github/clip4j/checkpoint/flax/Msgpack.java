package io.github.clip4j.checkpoint.flax;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.raw.Quote;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A reader of msgpack (github.com/msgpack/msgpack, spec.md) that gives one head at a time: numbers and texts whole, of
 * bytes where they are, of arrays and maps how much follows. It allocates nothing that the file only announces.
 */
final class Msgpack {
    private static final int MAX_TEXT = 1 << 16;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** What a value begins with. */
    sealed interface Head {
        /** Key and value of as many entries follow. */
        record MapOf(long entries) implements Head {}

        /** As many values follow. */
        record ArrayOf(long items) implements Head {}

        record Text(String value) implements Head {}

        record Bytes(MemorySegment data) implements Head {}

        record Extension(int type, MemorySegment data) implements Head {}

        record Int(long value) implements Head {}

        /** Nil, a boolean or a floating-point number. */
        record Other() implements Head {}
    }

    private final MemorySegment file;
    private final String source;
    private long position;

    Msgpack(MemorySegment file, String source) {
        this.file = file;
        this.source = source;
    }

    boolean atEnd() {
        return position == file.byteSize();
    }

    /** @throws CheckpointException if the file ends before the value */
    Head next() {
        int type = u8();
        if (type < 0x80) {
            return new Head.Int(type);
        }
        if (type < 0x90) {
            return new Head.MapOf(type & 0xf);
        }
        if (type < 0xa0) {
            return new Head.ArrayOf(type & 0xf);
        }
        if (type < 0xc0) {
            return text(type & 0x1f);
        }
        if (type >= 0xe0) {
            return new Head.Int((byte) type);
        }
        return switch (type) {
            case 0xc0, 0xc2, 0xc3 -> new Head.Other();
            case 0xc4 -> new Head.Bytes(slice(u8()));
            case 0xc5 -> new Head.Bytes(slice(u16()));
            case 0xc6 -> new Head.Bytes(slice(u32()));
            case 0xc7 -> extension(u8());
            case 0xc8 -> extension(u16());
            case 0xc9 -> extension(u32());
            case 0xca -> skip(4);
            case 0xcb -> skip(8);
            case 0xcc -> new Head.Int(u8());
            case 0xcd -> new Head.Int(u16());
            case 0xce -> new Head.Int(u32());
            case 0xcf -> unsigned(file.get(LONG, take(8)));
            case 0xd0 -> new Head.Int((byte) u8());
            case 0xd1 -> new Head.Int((short) u16());
            case 0xd2 -> new Head.Int((int) u32());
            case 0xd3 -> new Head.Int(file.get(LONG, take(8)));
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(1 << type - 0xd4);
            case 0xd9 -> text(u8());
            case 0xda -> text(u16());
            case 0xdb -> text(u32());
            case 0xdc -> new Head.ArrayOf(u16());
            case 0xdd -> new Head.ArrayOf(u32());
            case 0xde -> new Head.MapOf(u16());
            case 0xdf -> new Head.MapOf(u32());
            default -> throw bad("the byte 0x%02x, which msgpack has no meaning for".formatted(type));
        };
    }

    private Head unsigned(long value) {
        if (value < 0) {
            throw bad("an integer of 2^63 or more");
        }
        return new Head.Int(value);
    }

    private Head skip(long count) {
        take(count);
        return new Head.Other();
    }

    private Head extension(long length) {
        int type = (byte) u8();
        return new Head.Extension(type, slice(length));
    }

    private Head text(long length) {
        MemorySegment bytes = slice(length);
        if (length > MAX_TEXT) {
            throw bad("a text of " + length + " bytes, expected at most " + MAX_TEXT);
        }
        try {
            return new Head.Text(StandardCharsets.UTF_8.newDecoder().decode(bytes.asByteBuffer()).toString());
        } catch (CharacterCodingException _) {
            throw bad("a text that is not UTF-8");
        }
    }

    private MemorySegment slice(long length) {
        return file.asSlice(take(length), length);
    }

    private long take(long count) {
        if (count > file.byteSize() - position) {
            throw bad("expected " + count + " bytes more, but the data end after " + (file.byteSize() - position)
                    + ": cut short or damaged");
        }
        position += count;
        return position - count;
    }

    private int u8() {
        return Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, take(1)));
    }

    private int u16() {
        return Short.toUnsignedInt(file.get(SHORT, take(2)));
    }

    private long u32() {
        return Integer.toUnsignedLong(file.get(INT, take(4)));
    }

    CheckpointException bad(String problem) {
        return new CheckpointException(source + ": byte " + position + ": " + Quote.printable(problem));
    }
}
