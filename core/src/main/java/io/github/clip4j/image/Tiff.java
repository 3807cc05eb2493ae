package io.github.clip4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;

import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;

/** The first page of a TIFF, turned by its orientation tag: Pillow turns TIFFs on loading, but no other format. */
final class Tiff {
    private Tiff() {}

    static RgbImage toRgb(ImageReader reader) throws IOException {
        TIFFDirectory directory = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
        BufferedImage page = reader.read(0);
        int bits = tag(directory, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 8);
        if (bits > 8 && bits < 16 && page.getRaster().getNumBands() == 1) {
            shiftRight(page.getRaster(), 16 - bits);
        }
        int orientation = tag(directory, BaselineTIFFTagSet.TAG_ORIENTATION, 1);
        return turn(orientation, RasterColors.toRgb(page));
    }

    private static int tag(TIFFDirectory directory, int number, int missing) {
        var field = directory.getTIFFField(number);
        return field == null ? missing : field.getAsInt(0);
    }

    /** Undoes the JDK's stretching of, say, 12 bits to 16. */
    private static void shiftRight(WritableRaster gray, int bits) {
        int[] row = new int[gray.getWidth()];
        for (int y = 0; y < gray.getHeight(); y++) {
            gray.getPixels(0, y, row.length, 1, row);
            for (int x = 0; x < row.length; x++) {
                row[x] >>= bits;
            }
            gray.setPixels(0, y, row.length, 1, row);
        }
    }

    /** The image as it is to be seen, from an orientation of 2 to 8; any other leaves it as it is. */
    private static RgbImage turn(int orientation, RgbImage stored) {
        if (orientation < 2 || orientation > 8) {
            return stored;
        }
        boolean transposed = orientation >= 5;
        boolean mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean flipped = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int width = transposed ? stored.height() : stored.width();
        int height = transposed ? stored.width() : stored.height();
        byte[] pixels = new byte[stored.pixels().length];
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o += 3) {
                int column = transposed ? y : x;
                int row = transposed ? x : y;
                column = mirrored ? stored.width() - 1 - column : column;
                row = flipped ? stored.height() - 1 - row : row;
                System.arraycopy(stored.pixels(), 3 * (row * stored.width() + column), pixels, o, 3);
            }
        }
        return new RgbImage(width, height, pixels);
    }
}
