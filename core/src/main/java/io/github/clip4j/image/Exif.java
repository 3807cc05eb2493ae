package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/**
 * The first directory of an Exif block, which is laid out as a TIFF. Sources: Exif 3.0; TIFF 6.0. What is damaged
 * counts as missing, as in Pillow.
 *
 * @param entries of 12 bytes each, in the block's byte order
 */
record Exif(ByteBuffer entries) {
    static final int ENTRY_BYTES = 12;
    /** Place of the directory's offset, after the byte order and the version. */
    static final int DIRECTORY_OFFSET = 4;

    private static final int VERSION = 42;
    private static final int ORIENTATION = 274;
    private static final int XMP = 700;
    private static final Exif NONE = new Exif(ByteBuffer.allocate(0));
    private static final byte[] MARK_OF_JPEG = "Exif\0\0".getBytes(ISO_8859_1);

    /** Of a block, with or without the mark that JPEG puts before it. */
    static Exif of(ByteBuffer block) {
        int mark = MARK_OF_JPEG.length;
        boolean marked = block.remaining() > mark && block.slice(block.position(), mark).equals(ByteBuffer.wrap(
                MARK_OF_JPEG));
        ByteBuffer tiff = block.slice(block.position() + (marked ? mark : 0), block.remaining() - (marked ? mark : 0));
        if (tiff.remaining() < 8 || tiff.get(0) != 'I' && tiff.get(0) != 'M' || tiff.get(0) != tiff.get(1)) {
            return NONE;
        }
        tiff.order(order(tiff.get(0)));
        long directory = Integer.toUnsignedLong(tiff.getInt(DIRECTORY_OFFSET));
        if (tiff.getShort(2) != VERSION || directory + 2 > tiff.limit()) {
            return NONE;
        }
        int from = (int) directory + 2;
        int bytes = Short.toUnsignedInt(tiff.getShort((int) directory)) * ENTRY_BYTES;
        return new Exif(tiff.slice(from, Math.min(bytes, tiff.limit() - from)).order(tiff.order()));
    }

    /** The byte order of a TIFF, by its first byte. */
    static ByteOrder order(int first) {
        return first == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /** How the camera was held, 1 to 8; 1 for what is none of these, nothing where it is not noted. */
    OptionalInt orientation() {
        int at = find(ORIENTATION);
        if (at < 0 || entries.getInt(at + 4) != 1) {
            return OptionalInt.empty();
        }
        float orientation = switch (entries.getShort(at + 2)) { // any type that Pillow takes for a number
            case 6 -> entries.get(at + 8);
            case 3, 8 -> entries.getShort(at + 8);
            case 4, 9, 13 -> entries.getInt(at + 8);
            case 11 -> entries.getFloat(at + 8);
            default -> 1;
        };
        return OptionalInt.of(orientation >= 1 && orientation <= 8 ? (int) orientation : 1);
    }

    /** A place in a file. */
    record Part(long from, long bytes) {}

    /** Where a TIFF has its XMP, of no bytes if it has none. */
    Part xmp() {
        int at = find(XMP);
        return at < 0
                ? new Part(0, 0)
                : new Part(Integer.toUnsignedLong(entries.getInt(at + 8)),
                        Integer.toUnsignedLong(entries.getInt(at + 4)));
    }

    private int find(int tag) {
        for (int at = 0; at <= entries.limit() - ENTRY_BYTES; at += ENTRY_BYTES) {
            if (entries.getShort(at) == tag) {
                return at;
            }
        }
        return -1;
    }
}
