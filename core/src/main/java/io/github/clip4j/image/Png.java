package io.github.clip4j.image;

import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;

import javax.imageio.stream.ImageInputStream;

/** What the JDK's PNG reader leaves open: whether the file is whole, and what is gray to Pillow. */
final class Png {
    private static final int SIGNATURE_BYTES = 8;
    private static final int END = 0x49454e44;
    /** Where the header chunk, always the first, has the colour type. */
    private static final int COLOR_TYPE = 25;
    private static final int INTERLACE = 28;
    private static final int GRAY = 0;
    private static final int BUFFER = 1 << 16;

    private Png() {}

    /**
     * Checks that the chunks are whole up to the end chunk.
     *
     * @param file stands at its beginning
     * @throws EOFException if the file ends earlier
     * @throws ImageException without a file's name, if a checksum is wrong
     */
    static void check(ImageInputStream file) throws IOException {
        CRC32 checksum = new CRC32();
        byte[] buffer = new byte[BUFFER];
        file.seek(SIGNATURE_BYTES);
        for (int type = 0; type != END;) {
            long start = file.getStreamPosition();
            long left = Integer.BYTES + file.readUnsignedInt();
            if (left + Integer.BYTES > file.length() - file.getStreamPosition()) {
                throw new EOFException();
            }
            type = file.readInt();
            file.seek(start + Integer.BYTES);
            checksum.reset();
            while (left > 0) {
                int count = (int) Math.min(left, BUFFER);
                file.readFully(buffer, 0, count);
                checksum.update(buffer, 0, count);
                left -= count;
            }
            if (file.readInt() != (int) checksum.getValue()) {
                throw new ImageException("is a broken PNG image: wrong checksum of the chunk at byte " + start);
            }
        }
    }

    /** Whether rows come in seven passes. */
    static boolean isInterlaced(byte[] header) {
        return header.length <= INTERLACE || header[INTERLACE] != 0;
    }

    /**
     * The JDK makes an alpha channel of gray's transparent colour, but to Pillow the image stays gray.
     *
     * @param header the file's first bytes
     */
    static RgbImage toRgb(byte[] header, Raster raster, ColorModel colors) {
        if (header[COLOR_TYPE] == GRAY && raster.getNumBands() == 2) {
            raster = raster.createChild(0, 0, raster.getWidth(), raster.getHeight(), 0, 0, new int[]{0});
        }
        return RasterColors.toRgb(raster, colors);
    }
}
