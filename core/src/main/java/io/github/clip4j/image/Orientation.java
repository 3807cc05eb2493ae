package io.github.clip4j.image;

import java.io.IOException;

import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;

/** The turning of a TIFF by its orientation tag, which Pillow does on loading; of other formats it does not. */
final class Orientation {
    private Orientation() {}

    /** The value of the tag, 1 (nothing to do) to 8; 1 if it is missing or out of range. */
    static int of(ImageReader reader) throws IOException {
        var directory = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
        var field = directory.getTIFFField(BaselineTIFFTagSet.TAG_ORIENTATION);
        int orientation = field == null ? 1 : field.getAsInt(0);
        return orientation < 1 || orientation > 8 ? 1 : orientation;
    }

    /** The image as it is to be seen. */
    static RgbImage apply(int orientation, RgbImage stored) {
        if (orientation == 1) {
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
