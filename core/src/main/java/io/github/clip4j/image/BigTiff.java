package io.github.clip4j.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * BigTIFF as TIFF: the JDK's reader knows only offsets of 32 bits. Data stays where it is; the first page's directory
 * is written anew at the end. Source: BigTIFF Design, Aware Systems, which became the specification.
 */
final class BigTiff {
    private static final int VERSION = 43;
    private static final int CLASSIC_VERSION = 42;
    private static final int HEADER = 16;
    private static final int ENTRY = 20;
    private static final int CLASSIC_ENTRY = 12;
    /** Bytes of a value by its type, 1 to 18; the last three are those of 8 bytes that only BigTIFF has. */
    private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    /** What these three are in a TIFF: unsigned, signed, an offset. */
    private static final int[] CLASSIC_TYPES = {4, 9, 13};
    private static final int FIRST_LONG = 16;

    private BigTiff() {}

    /** Whether a file that starts with these bytes is one. */
    static boolean is(byte[] start) {
        return start.length >= 4 && (start[0] == 'I' && start[1] == 'I' && start[2] == VERSION && start[3] == 0
                || start[0] == 'M' && start[1] == 'M' && start[2] == 0 && start[3] == VERSION);
    }

    /** The file as a TIFF, itself if it is one already. */
    static byte[] classic(byte[] content) throws IOException {
        if (!is(content)) {
            return content;
        }
        ByteOrder order = Exif.order(content[0]);
        ByteBuffer file = ByteBuffer.wrap(content).order(order);
        if (content.length < HEADER) {
            throw new EOFException();
        }
        int directory = offset(file, file.getLong(8), 8);
        int entries = offset(file, file.getLong(directory), 0);
        if (entries > 0xFFFF || (long) directory + 8 + (long) entries * ENTRY > content.length) {
            throw new EOFException();
        }
        int begin = content.length + content.length % 2;
        int values = begin + 2 + entries * CLASSIC_ENTRY + 4;
        int end = values;
        for (int i = 0; i < entries; i++) {
            end = Math.addExact(end, appended(file, directory + 8 + i * ENTRY));
            if (end - values > content.length) {
                throw new IOException("fields of more bytes than the file has");
            }
        }
        ByteBuffer classic = ByteBuffer.allocate(end).order(order).put(content);
        classic.putShort(2, (short) CLASSIC_VERSION).putInt(4, begin).position(begin).putShort((short) entries);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 8 + i * ENTRY;
            write(file, entry, classic, values);
            values += appended(file, entry);
        }
        return classic.array(); // the next directory is at 0: there is none
    }

    private static int type(ByteBuffer file, int entry) throws IOException {
        int type = Short.toUnsignedInt(file.getShort(entry + 2));
        if (type >= SIZES.length || SIZES[type] == 0) {
            throw new IOException(
                    "field " + Short.toUnsignedInt(file.getShort(entry)) + " is of the unknown type " + type);
        }
        return type;
    }

    /** The number of values, which are in the file. */
    private static int count(ByteBuffer file, int entry) throws IOException {
        long count = file.getLong(entry + 4);
        if (count < 0 || count > file.limit() / SIZES[type(file, entry)]) {
            throw new EOFException();
        }
        return (int) count;
    }

    private static int classicSize(int type) {
        return type >= FIRST_LONG ? 4 : SIZES[type];
    }

    /**
     * Bytes of the values of a field that have to be written at the end: they are not at an offset that stays right.
     */
    private static int appended(ByteBuffer file, int entry) throws IOException {
        int type = type(file, entry);
        int size = classicSize(type) * count(file, entry);
        boolean stays = size > 8 && type < FIRST_LONG;
        return size <= 4 || stays ? 0 : size + size % 2;
    }

    private static void write(ByteBuffer file, int entry, ByteBuffer classic, int values) throws IOException {
        int type = type(file, entry);
        int count = count(file, entry);
        int size = SIZES[type] * count;
        int from = size <= 8 ? entry + 12 : offset(file, file.getLong(entry + 12), size);
        classic.putShort(file.getShort(entry));
        classic.putShort((short) (type < FIRST_LONG ? type : CLASSIC_TYPES[type - FIRST_LONG])).putInt(count);
        int at = classic.position();
        if (classicSize(type) * count > 4) {
            at = appended(file, entry) == 0 ? from : values;
            classic.putInt(at);
        } else {
            classic.position(at + 4);
        }
        if (at != from) {
            for (int i = 0; i < count; i++) {
                copy(file, from + i * SIZES[type], type, classic, at + i * classicSize(type));
            }
        }
    }

    private static void copy(ByteBuffer file, int from, int type, ByteBuffer classic, int to) throws IOException {
        if (type >= FIRST_LONG) {
            classic.putInt(to, offset(file, file.getLong(from), 0)); // a length or an offset: within the file
        } else {
            classic.put(to, file, from, SIZES[type]);
        }
    }

    /** A place in the file with so many bytes after it, or a number no larger than the file. */
    private static int offset(ByteBuffer file, long offset, int length) throws EOFException {
        if (offset < 0 || offset > file.limit() - length) {
            throw new EOFException();
        }
        return (int) offset;
    }
}
