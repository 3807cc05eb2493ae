package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferFloat;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntUnaryOperator;

import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/** The first page of a TIFF, turned by its orientation tag: Pillow turns TIFFs on loading, but no other format. */
final class Tiff {
    /** Those of the JDK's reader: none, CCITT in four kinds, LZW, JPEG in two, deflate in two, PackBits. */
    private static final Set<Integer> COMPRESSIONS = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946);
    /** What samples mean: shades of two kinds, RGB, a palette, CMYK, YCbCr. */
    private static final Set<Integer> COLORS = Set.of(0, 1, 2, 3, 5, 6);
    private static final int PALETTE = 3;
    private static final int CMYK = 5;
    private static final int FLOATS = 3;
    private static final int ASSOCIATED_ALPHA = 1;

    private Tiff() {}

    /** @param content which the reader reads */
    static RgbImage toRgb(ImageReader reader, byte[] content) throws IOException {
        TIFFDirectory directory = directory(reader);
        requireSupported(directory);
        BufferedImage page = TiffPredictor.isOurs(directory)
                ? readDifferences(reader, directory, content)
                : reader.read(0);
        return Orientation.turn(Orientation.ofTiff(content), toRgb(directory, page));
    }

    /** The first page's fields that pixels depend on: a reader that ignores metadata does not mind faults of others. */
    static TIFFDirectory directory(ImageReader reader) throws IOException {
        return TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
    }

    private static BufferedImage readDifferences(ImageReader reader, TIFFDirectory directory, byte[] content)
            throws IOException {
        int tileWidth = reader.getTileWidth(0);
        ContentStream plain = new ContentStream(TiffPredictor.without(content));
        reader.setInput(plain, true, true);
        BufferedImage page = reader.read(0);
        if (plain.exhausted()) {
            throw new EOFException();
        }
        if (page.getRaster().getDataBuffer() instanceof DataBufferFloat) {
            if (tileWidth != page.getWidth()) {
                throw unsupported("predictor 3 in tiles");
            }
            TiffPredictor.addFloats(page.getRaster(), Exif.order(content[0]));
        } else {
            TiffPredictor.add(page.getRaster(), tileWidth);
        }
        return page;
    }

    /**
     * @throws ImageException without the file's name, if the file may be sound and the JDK reads no such, or reads it
     *         wrongly
     */
    static void requireSupported(TIFFDirectory directory) {
        int compression = tag(directory, BaselineTIFFTagSet.TAG_COMPRESSION, 1);
        int predictor = TiffPredictor.of(directory);
        int bits = tag(directory, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 1);
        int samples = tag(directory, BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL, 1);
        boolean floats = tag(directory, BaselineTIFFTagSet.TAG_SAMPLE_FORMAT, 1) == FLOATS;
        if (!COMPRESSIONS.contains(compression)) {
            throw unsupported("compression " + compression);
        }
        int colors = tag(directory, BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION, 1);
        if (!COLORS.contains(colors)) {
            throw unsupported("colours of the kind " + colors);
        }
        if ((compression == 6 || compression == 7) && (bits != 8 || colors == PALETTE)) {
            throw unsupported("JPEG of " + (colors == PALETTE ? "a palette" : "samples of " + bits + " bits"));
        }
        if (floats && bits != 32 && bits != 64) {
            throw unsupported("floats of " + bits + " bits");
        }
        if (predictor > 1 && !(predictor == 2 && bits == 8) && !TiffPredictor.isOurs(directory)) {
            throw unsupported("predictor " + predictor + " of samples of " + bits + " bits");
        }
        if (samples > 1 && (floats || bits > 16)) {
            throw unsupported("%d samples a pixel of %d bits%s".formatted(samples, bits, floats ? ", floats" : ""));
        }
    }

    private static ImageException unsupported(String what) {
        return new ImageException(Fault.NOT_AN_IMAGE, "is a TIFF with " + what
                + ", which is not supported; save it with 8 or 16 bits a sample, uncompressed, LZW or deflate");
    }

    static boolean isCompressed(TIFFDirectory directory) {
        return tag(directory, BaselineTIFFTagSet.TAG_COMPRESSION, 1) != 1;
    }

    /** The page or a part of it as it is stored. Changes the part. */
    static RgbImage toRgb(TIFFDirectory directory, BufferedImage page) {
        WritableRaster raster = page.getRaster();
        int bits = tag(directory, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 8);
        if (bits > 8 && bits < 16 && raster.getNumBands() == 1) {
            // the JDK stretches, say, 12 bits to 16
            change(raster, sample -> sample >> 16 - bits);
        }
        int compression = tag(directory, BaselineTIFFTagSet.TAG_COMPRESSION, 1);
        if (compression == BaselineTIFFTagSet.COMPRESSION_JPEG && raster.getNumBands() == 4) {
            // the JDK takes the CMYK of a JPEG inside a TIFF for inverted, as in a JPEG file
            change(raster, sample -> 255 - sample);
        }
        TIFFField colorMap = directory.getTIFFField(BaselineTIFFTagSet.TAG_COLOR_MAP);
        if (colorMap != null) {
            return RasterColors.lookUp(raster, colorTable(colorMap));
        }
        if (tag(directory, BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION, 1) == CMYK && bits == 16) {
            return RasterColors.cmyk(raster); // which the JDK takes for RGB
        }
        int type = page.getColorModel().getColorSpace().getType();
        boolean alpha = type == ColorSpace.TYPE_RGB && raster.getNumBands() == 4
                || type == ColorSpace.TYPE_GRAY && raster.getNumBands() == 2;
        return alpha && tag(directory, BaselineTIFFTagSet.TAG_EXTRA_SAMPLES, 0) == ASSOCIATED_ALPHA
                ? RasterColors.divided(raster)
                : RasterColors.toRgb(page);
    }

    static int tag(TIFFDirectory directory, int number, int missing) {
        var field = directory.getTIFFField(number);
        return field == null ? missing : field.getAsInt(0);
    }

    /** The upper 8 bits of all reds, greens and blues of 16; the JDK would round them. */
    private static byte[] colorTable(TIFFField colorMap) {
        byte[] table = new byte[3 * 256];
        int colors = colorMap.getCount() / 3;
        for (int i = 0; i < Math.min(colors, 256); i++) {
            for (int c = 0; c < 3; c++) {
                table[3 * i + c] = (byte) (colorMap.getAsInt(c * colors + i) >> 8);
            }
        }
        return table;
    }

    private static void change(WritableRaster raster, IntUnaryOperator change) {
        int[] row = new int[Math.multiplyExact(raster.getWidth(), raster.getNumBands())];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            Arrays.setAll(row, i -> change.applyAsInt(row[i]));
            raster.setPixels(0, y, raster.getWidth(), 1, row);
        }
    }
}
