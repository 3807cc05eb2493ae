package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/**
 * How a camera was held, as it has noted in the file: tag 0x0112 of the first directory of an Exif block, which is laid
 * out as a TIFF. Source: Exif 3.0; TIFF 6.0. What is damaged counts as missing, as in Pillow.
 */
final class Exif {
    private static final int LITTLE_ENDIAN_MARK = 0x4949;
    private static final int BIG_ENDIAN_MARK = 0x4d4d;
    private static final int VERSION = 42;
    private static final int DIRECTORY_OFFSET = 4;
    private static final int ORIENTATION = 0x0112;
    private static final int ENTRY_BYTES = 12;

    private Exif() {}

    /** 1 to 8 as TIFF has them; 1, not turned, where nothing is noted. */
    static int orientation(byte[] content, ImageFormat format) {
        Optional<ByteBuffer> block = switch (format) {
            case JPEG -> Jpeg.exif(content);
            case PNG -> chunk(ByteBuffer.wrap(content).position(8), "eXIf", true);
            case WEBP -> chunk(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).position(12), "EXIF", false);
            default -> Optional.empty(); // TIFF is turned in any case
        };
        return block.map(Exif::orientation).orElse(1);
    }

    /** The same for what begins as a TIFF does. */
    static int ofTiff(byte[] content) {
        return orientation(ByteBuffer.wrap(content));
    }

    /** The same for a file of any size, which is left as it stands. */
    static int ofTiff(ImageInputStream file) throws IOException {
        ByteOrder before = file.getByteOrder();
        file.mark();
        try {
            file.seek(0);
            ByteOrder order = file.readShort() == LITTLE_ENDIAN_MARK ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            file.setByteOrder(order);
            file.seek(DIRECTORY_OFFSET);
            file.seek(file.readUnsignedInt());
            byte[] entries = new byte[file.readUnsignedShort() * ENTRY_BYTES];
            file.readFully(entries);
            return ofEntries(ByteBuffer.wrap(entries).order(order));
        } finally {
            file.setByteOrder(before);
            file.reset();
        }
    }

    /** Of chunks with a name and a length, PNG's length first and a checksum last, WebP's padded to even length. */
    private static Optional<ByteBuffer> chunk(ByteBuffer chunks, String wanted, boolean png) {
        while (chunks.remaining() >= 8) {
            int first = chunks.getInt();
            int second = chunks.getInt();
            long length = Integer.toUnsignedLong(png ? first : second);
            int name = png ? second : Integer.reverseBytes(first);
            long next = chunks.position() + length + (png ? 4 : length & 1);
            if (length > chunks.remaining()) {
                return Optional.empty();
            }
            if (name == ByteBuffer.wrap(wanted.getBytes(US_ASCII)).getInt()) {
                return Optional.of(chunks.slice(chunks.position(), (int) length));
            }
            chunks.position((int) Math.min(next, chunks.limit()));
        }
        return Optional.empty();
    }

    private static int orientation(ByteBuffer block) {
        byte[] jpegs = {'E', 'x', 'i', 'f', 0, 0}; // which some writers keep elsewhere, too
        ByteBuffer tiff = block.remaining() > 6 && block.slice(0, 6).equals(ByteBuffer.wrap(jpegs))
                ? block.slice(6, block.remaining() - 6)
                : block.slice();
        if (tiff.remaining() < 8) {
            return 1;
        }
        int mark = tiff.getShort(0);
        if (mark != LITTLE_ENDIAN_MARK && mark != BIG_ENDIAN_MARK) {
            return 1;
        }
        tiff.order(mark == LITTLE_ENDIAN_MARK ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(DIRECTORY_OFFSET));
        if (tiff.getShort(2) != VERSION || directory + 2 > tiff.limit()) {
            return 1;
        }
        int from = (int) directory + 2;
        int bytes = Short.toUnsignedInt(tiff.getShort((int) directory)) * ENTRY_BYTES;
        return ofEntries(tiff.slice(from, Math.min(bytes, tiff.limit() - from)).order(tiff.order()));
    }

    /** The first one of a directory's entries; what is cut off counts as missing. */
    private static int ofEntries(ByteBuffer entries) {
        for (int at = 0; at <= entries.limit() - ENTRY_BYTES; at += ENTRY_BYTES) {
            if (entries.getShort(at) == ORIENTATION && entries.getInt(at + 4) == 1) {
                float orientation = value(entries, entries.getShort(at + 2), at + 8);
                return orientation >= 1 && orientation <= 8 ? (int) orientation : 1;
            }
        }
        return 1;
    }

    /** A number of any of TIFF's types that Pillow takes for one. */
    private static float value(ByteBuffer entries, int type, int at) {
        return switch (type) {
            case 6 -> entries.get(at);
            case 3, 8 -> entries.getShort(at);
            case 4, 9, 13 -> entries.getInt(at);
            case 11 -> entries.getFloat(at);
            default -> 1;
        };
    }
}
