package io.github.clip4j.image;

import java.awt.image.DataBufferFloat;
import java.awt.image.WritableRaster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;

/**
 * Samples that a TIFF stores as differences, of the two kinds that the JDK's reader does not undo: whole numbers of 16 bits
 * (TIFF 6.0, section 14) and floats of 32 (Adobe Photoshop TIFF Technical Note 3). It is then given the file without the tag
 * that says so.
 */
final class TiffPredictor {
    private static final int DIFFERENCES = 2;
    private static final int OF_FLOATS = 3;
    private static final int ENTRY_BYTES = 12;
    /** LZW and deflate, under both its numbers. */
    private static final Set<Integer> COMPRESSIONS = Set.of(5, 8, 32946);

    private TiffPredictor() {}

    /** The predictor of a page, 1 if there is none. */
    static int of(TIFFDirectory directory) {
        return COMPRESSIONS.contains(Tiff.tag(directory, BaselineTIFFTagSet.TAG_COMPRESSION, 1))
                ? Tiff.tag(directory, BaselineTIFFTagSet.TAG_PREDICTOR, 1)
                : 1;
    }

    /** Whether it is undone here. */
    static boolean isOurs(TIFFDirectory directory) {
        int bits = Tiff.tag(directory, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 1);
        boolean one = Tiff.tag(directory, BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL, 1) == 1;
        return of(directory) == DIFFERENCES && bits == 16 || of(directory) == OF_FLOATS && bits == 32 && one;
    }

    /** A copy of a file whose first page has no predictor. */
    static byte[] without(byte[] content) {
        byte[] copy = content.clone();
        ByteBuffer file = ByteBuffer.wrap(copy).order(Exif.order(content[0]));
        long directory = Integer.toUnsignedLong(file.getInt(4));
        if (directory + 2 > copy.length) {
            return copy;
        }
        int entries = Short.toUnsignedInt(file.getShort((int) directory));
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + (long) i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > copy.length) {
                return copy;
            }
            if (Short.toUnsignedInt(file.getShort((int) entry)) == BaselineTIFFTagSet.TAG_PREDICTOR) {
                file.putShort((int) entry + 8, (short) 1);
            }
        }
        return copy;
    }

    /** Each sample is what is stored plus the one to the left of it, from the left edge of each tile on. */
    static void add(WritableRaster raster, int tileWidth) {
        int bands = raster.getNumBands();
        int[] row = new int[Math.multiplyExact(raster.getWidth(), bands)];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int i = bands; i < row.length; i++) {
                if (i / bands % tileWidth != 0) {
                    row[i] = row[i] + row[i - bands] & 0xffff;
                }
            }
            raster.setPixels(0, y, raster.getWidth(), 1, row);
        }
    }

    /**
     * Of a row of floats all first bytes are stored, then all second ones and so on, from the one with the sign on, and each
     * byte as what it is more than the one before it.
     */
    static void addFloats(WritableRaster raster, ByteOrder order) {
        float[] samples = ((DataBufferFloat) raster.getDataBuffer()).getData();
        int width = raster.getWidth();
        ByteBuffer row = ByteBuffer.allocate(Math.multiplyExact(width, Float.BYTES)).order(order);
        byte[] bytes = row.array();
        for (int y = 0; y < raster.getHeight(); y++) {
            row.asFloatBuffer().put(samples, y * width, width);
            for (int i = 1; i < bytes.length; i++) {
                bytes[i] += bytes[i - 1];
            }
            for (int x = 0; x < width; x++) {
                int bits = 0;
                for (int plane = 0; plane < Float.BYTES; plane++) {
                    bits = bits << 8 | bytes[plane * width + x] & 0xff;
                }
                samples[y * width + x] = Float.intBitsToFloat(bits);
            }
        }
    }
}
