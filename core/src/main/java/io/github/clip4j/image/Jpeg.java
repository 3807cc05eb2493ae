package io.github.clip4j.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/**
 * JPEG's components to RGB. The JDK's decoder is asked for the components as they are stored, because its conversions
 * apply colour profiles and reject CMYK; libjpeg's conversion is done here, in its own integer arithmetic. Source:
 * {@code jdapimin.c} and {@code jdcolor.c} of libjpeg-turbo.
 */
final class Jpeg {
    private static final int START_OF_SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP14 = 0xee;

    private boolean sequential;
    private boolean jfif;
    /** The colour transform of the Adobe segment, -1 if there is no such segment. */
    private int adobeTransform = -1;
    private String componentIds = "";

    /** Reads the segments up to the first scan. */
    private Jpeg(byte[] content) {
        int p = 2;
        while (p + 4 <= content.length) {
            int marker = content[p + 1] & 0xff;
            if (content[p] != (byte) 0xff || marker == 0xff || marker == 0) {
                p++;
            } else if (marker == START_OF_SCAN) {
                return;
            } else {
                int length = (content[p + 2] & 0xff) << 8 | content[p + 3] & 0xff;
                segment(marker, content, p + 4, Math.min(p + 2 + length, content.length));
                p += 2 + length;
            }
        }
    }

    private void segment(int marker, byte[] content, int from, int to) {
        if (marker == APP0 && startsWith(content, from, to, "JFIF\0") && to - from >= 14) {
            jfif = true;
        } else if (marker == APP14 && startsWith(content, from, to, "Adobe") && to - from >= 12) {
            adobeTransform = content[from + 11] & 0xff;
        } else if (isStartOfFrame(marker)) {
            sequential = marker <= 0xc1;
            StringBuilder ids = new StringBuilder();
            for (int p = from + 6; p < to; p += 3) {
                ids.append((char) content[p]);
            }
            componentIds = ids.toString();
        }
    }

    private static boolean isStartOfFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static boolean startsWith(byte[] content, int from, int to, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (from + i >= to || content[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the JDK gives each row once and with the colours that it has here. A progressive image it would give scan
     * by scan, CMYK it converts, and where no segment tells the colours it guesses otherwise than libjpeg.
     *
     * @param start of the file, with all segments before the first scan
     */
    static boolean isPlain(byte[] start) {
        Jpeg header = new Jpeg(start);
        int components = header.componentIds.length();
        boolean told = header.jfif || header.adobeTransform >= 0;
        return header.sequential && (components == 1 || components == 3 && told);
    }

    /** The image of a JPEG file, from the samples the JDK decodes from it. Changes the raster. */
    static RgbImage toRgb(byte[] content, Raster raster) {
        Jpeg header = new Jpeg(content);
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        switch (raster.getNumBands()) {
            case 1 -> {
                byte[] pixels = new byte[Math.multiplyExact(3, samples.length)];
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] = samples[i / 3];
                }
                return new RgbImage(width, height, pixels);
            }
            case 3 -> {
                if (header.isYcc()) {
                    yccToRgb(samples, 3);
                }
                return new RgbImage(width, height, samples);
            }
            case 4 -> {
                if (header.adobeTransform > 0) {
                    // YCCK: what YCC gives as RGB is the complement of CMY
                    yccToRgb(samples, 4);
                    invert(samples, 3);
                }
                // Pillow takes every CMYK JPEG for one of Adobe's, whose samples are inverted
                invert(samples, 4);
                return RasterColors.cmyk(samples, width, height, 4);
            }
            default -> throw new ImageException("has %d colour components, expected 1, 3 or 4"
                    .formatted(raster.getNumBands()));
        }
    }

    private boolean isYcc() {
        if (jfif) {
            return true;
        }
        return adobeTransform >= 0 ? adobeTransform != 0 : !componentIds.equals("RGB");
    }

    /** Inverts the first {@code bands} of every four. */
    private static void invert(byte[] samples, int bands) {
        for (int i = 0; i < samples.length; i++) {
            if (i % 4 < bands) {
                samples[i] = (byte) ~samples[i];
            }
        }
    }

    /**
     * {@code R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb} with Cb and Cr centred on 128, in
     * 16-bit fixed point, in place.
     */
    private static void yccToRgb(byte[] samples, int stride) {
        int half = 1 << 15;
        for (int i = 0; i + 2 < samples.length; i += stride) {
            int y = samples[i] & 0xff;
            int cb = (samples[i + 1] & 0xff) - 128;
            int cr = (samples[i + 2] & 0xff) - 128;
            samples[i] = clip(y + (fixed(1.40200) * cr + half >> 16));
            samples[i + 1] = clip(y + (-fixed(0.34414) * cb - fixed(0.71414) * cr + half >> 16));
            samples[i + 2] = clip(y + (fixed(1.77200) * cb + half >> 16));
        }
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << 16) + 0.5);
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }
}
