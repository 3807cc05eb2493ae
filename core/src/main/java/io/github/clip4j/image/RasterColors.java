package io.github.clip4j.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Stored samples to 8-bit RGB as Pillow's {@code convert("RGB")} does it: alpha and transparent colours are dropped and
 * not blended, colour profiles and gamma are ignored. The JDK's own conversion ({@code getRGB}) does neither. Source:
 * {@code src/libImaging/Convert.c} and {@code Unpack.c} of Pillow.
 */
final class RasterColors {
    private RasterColors() {}

    static RgbImage toRgb(BufferedImage image) {
        return toRgb(image.getRaster(), image.getColorModel());
    }

    /** @throws ImageException without a file's name, if the kind of image has no conversion */
    static RgbImage toRgb(Raster raster, ColorModel colors) {
        if (colors instanceof IndexColorModel palette) {
            return lookUp(raster, colorTable(palette));
        }
        return switch (colors.getColorSpace().getType()) {
            case ColorSpace.TYPE_GRAY -> interleave(raster, 0, 0, 0);
            case ColorSpace.TYPE_RGB -> interleave(raster, 0, 1, 2);
            case ColorSpace.TYPE_CMYK -> cmyk(raster);
            default -> throw new ImageException("has the colours of %s, expected gray, RGB, a palette or CMYK"
                    .formatted(colors.getColorSpace().getClass().getSimpleName()));
        };
    }

    /**
     * RGB of RGBA, or of gray and alpha, whose colours were multiplied with alpha: {@code c * 255 / a}, black where it is 0.
     */
    static RgbImage divided(Raster raster) {
        byte[] samples = samples(raster);
        int bands = raster.getNumBands();
        int count = samples.length / bands;
        byte[] pixels = new byte[Math.multiplyExact(3, count)];
        for (int i = 0; i < count; i++) {
            int alpha = samples[bands * i + bands - 1] & 0xff;
            for (int c = 0; c < 3; c++) {
                int color = (samples[bands * i + (bands == 2 ? 0 : c)] & 0xff) * 255;
                pixels[3 * i + c] = (byte) (alpha == 0 ? 0 : Math.min(255, color / alpha));
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), pixels);
    }

    /** RGB of CMYK, with or without alpha. */
    static RgbImage cmyk(Raster raster) {
        if (raster.getNumBands() < 4) {
            throw new ImageException("has %d samples a pixel, expected cyan, magenta, yellow and black"
                    .formatted(raster.getNumBands()));
        }
        return cmyk(samples(raster), raster.getWidth(), raster.getHeight(), raster.getNumBands());
    }

    /** Red, green and blue of each of 256 indices; those that the palette lacks are black, as in Pillow. */
    static byte[] colorTable(IndexColorModel palette) {
        byte[] table = new byte[3 * 256];
        for (int i = 0; i < 256; i++) {
            int rgb = i < palette.getMapSize() ? palette.getRGB(i) : 0;
            table[3 * i] = (byte) (rgb >> 16);
            table[3 * i + 1] = (byte) (rgb >> 8);
            table[3 * i + 2] = (byte) rgb;
        }
        return table;
    }

    /** The colour of each index: {@code table} has red, green and blue of 256. */
    static RgbImage lookUp(Raster raster, byte[] table) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] pixels = new byte[Math.multiplyExact(3 * width, height)];
        int[] indices = new int[width];
        for (int y = 0, o = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, indices);
            for (int x = 0; x < width; x++, o += 3) {
                System.arraycopy(table, 3 * (indices[x] & 0xff), pixels, o, 3);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    private static RgbImage interleave(Raster raster, int... bands) {
        byte[] samples = samples(raster);
        int stride = raster.getNumBands();
        int count = raster.getWidth() * raster.getHeight();
        if (stride == 3 && bands[2] == 2) {
            return new RgbImage(raster.getWidth(), raster.getHeight(), samples);
        }
        byte[] pixels = new byte[Math.multiplyExact(3, count)];
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < 3; c++) {
                pixels[3 * i + c] = samples[stride * i + bands[c]];
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), pixels);
    }

    /**
     * CMYK in interleaved samples, {@code stride} to a pixel: with white {@code w = 255 - k}, red is
     * {@code w - c * w / 255}, rounded; green and blue likewise of m and y.
     */
    static RgbImage cmyk(byte[] samples, int width, int height, int stride) {
        byte[] pixels = new byte[Math.multiplyExact(3, width * height)];
        for (int i = 0; i < width * height; i++) {
            int white = 255 - (samples[stride * i + 3] & 0xff);
            for (int c = 0; c < 3; c++) {
                int product = (samples[stride * i + c] & 0xff) * white + 128;
                pixels[3 * i + c] = (byte) Math.clamp(white - ((product >> 8) + product >> 8), 0, 255);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    /** All samples as bytes, bands interleaved. */
    private static byte[] samples(Raster raster) {
        int bands = raster.getNumBands();
        int[] bits = raster.getSampleModel().getSampleSize();
        int[] row = new int[Math.multiplyExact(raster.getWidth(), bands)];
        byte[] samples = new byte[Math.multiplyExact(row.length, raster.getHeight())];
        for (int y = 0, o = 0; y < raster.getHeight(); y++) {
            // a float sample is cut to an integer on the way
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i++) {
                samples[o++] = toByte(row[i], bits[i % bands], bands);
            }
        }
        return samples;
    }

    /**
     * A sample of fewer than 8 bits is stretched to 0..255. Of 16 bits the upper 8 count, except in a gray image
     * without alpha, where Pillow (mode I;16) clips to 0..255.
     */
    private static byte toByte(int sample, int bits, int bands) {
        if (bits == 8) {
            return (byte) sample;
        }
        if (bits < 8) {
            return (byte) (sample * 255 / ((1 << bits) - 1));
        }
        return (byte) (bands == 1 ? Math.clamp(sample, 0, 255) : sample >> (bits - 8));
    }
}
