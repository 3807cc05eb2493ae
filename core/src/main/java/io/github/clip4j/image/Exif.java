package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * How a camera was held, as it has noted in the file: tag 0x0112 of the first directory of an Exif block, which is laid
 * out as a TIFF. Source: Exif 3.0; TIFF 6.0. What is damaged counts as missing, as in Pillow.
 */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;
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
        if (mark != 0x4949 && mark != 0x4d4d) {
            return 1;
        }
        tiff.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.limit()) {
            return 1;
        }
        int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + (long) i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > tiff.limit()) {
                return 1;
            }
            int at = (int) entry;
            if (tiff.getShort(at) == ORIENTATION && tiff.getShort(at + 2) == SHORT && tiff.getInt(at + 4) == 1) {
                int orientation = tiff.getShort(at + 8);
                return orientation >= 1 && orientation <= 8 ? orientation : 1;
            }
        }
        return 1;
    }
}
