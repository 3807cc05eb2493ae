package io.github.clip4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** What the JDK's PNG reader leaves open: whether the file is whole, and what is gray to Pillow. */
final class Png {
    private static final int SIGNATURE_BYTES = 8;
    private static final int END = 0x49454e44;
    /** Where the header chunk, always the first, has the colour type. */
    private static final int COLOR_TYPE = 25;
    private static final int GRAY = 0;

    private Png() {}

    /**
     * Checks that the chunks are whole up to the end chunk.
     *
     * @throws EOFException if the file ends earlier
     * @throws ImageException without a file's name, if a checksum is wrong
     */
    static void check(byte[] content) throws EOFException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CRC32 checksum = new CRC32();
        int type = 0;
        for (int p = SIGNATURE_BYTES; type != END;) {
            long length = content.length < p + 12 ? Integer.MAX_VALUE : Integer.toUnsignedLong(bytes.getInt(p));
            if (length > content.length - p - 12) {
                throw new EOFException();
            }
            type = bytes.getInt(p + 4);
            int end = p + 8 + (int) length;
            checksum.reset();
            checksum.update(content, p + 4, end - p - 4);
            if (bytes.getInt(end) != (int) checksum.getValue()) {
                throw new ImageException("is a broken PNG image: wrong checksum of the chunk at byte " + p);
            }
            p = end + 4;
        }
    }

    /** The JDK makes an alpha channel of gray's transparent colour, but to Pillow the image stays gray. */
    static RgbImage toRgb(byte[] content, BufferedImage image) {
        Raster raster = image.getRaster();
        if (content[COLOR_TYPE] == GRAY && raster.getNumBands() == 2) {
            raster = raster.createChild(0, 0, raster.getWidth(), raster.getHeight(), 0, 0, new int[]{0});
        }
        return RasterColors.toRgb(raster, image.getColorModel());
    }
}
