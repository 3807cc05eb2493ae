package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * JPEG's components to RGB. The JDK's decoder is asked for the components as they are stored, because its conversions
 * apply colour profiles and reject CMYK; libjpeg's conversion is done here, in its own integer arithmetic. Source:
 * {@code jdapimin.c}, {@code jdcolor.c} and {@code jdsample.c} of libjpeg-turbo.
 */
final class Jpeg {
    private static final int START_OF_SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int APP14 = 0xee;
    private static final String EXIF = "Exif\0\0";
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
    private static final String PROFILE = "ICC_PROFILE\0";

    private int frame;
    private boolean jfif;
    /** The first Exif block, null if there is none. */
    private ByteBuffer exif;
    /** The last XMP, null if there is none. */
    private ByteBuffer xmp;
    /** The colour transform of the Adobe segment, -1 if there is no such segment. */
    private int adobeTransform = -1;
    private String componentIds = "";
    /** Of each component, samples across and down in a unit: those of the largest are as many as pixels. */
    private int[] across = {};
    private int[] down = {};

    /** What is done with a segment, whose data is {@code content[from, to)}. */
    @FunctionalInterface
    private interface Segments {
        void segment(int marker, byte[] content, int from, int to);
    }

    private Jpeg(byte[] content) {
        forEachSegment(content, this::segment);
    }

    /** Goes through the segments up to the first scan. */
    private static void forEachSegment(byte[] content, Segments segments) {
        int p = 2;
        while (p + 4 <= content.length) {
            int marker = content[p + 1] & 0xff;
            if (content[p] != (byte) 0xff || marker == 0xff || marker == 0) {
                p++;
            } else if (marker == START_OF_SCAN) {
                return;
            } else {
                int length = (content[p + 2] & 0xff) << 8 | content[p + 3] & 0xff;
                segments.segment(marker, content, p + 4, Math.min(p + 2 + length, content.length));
                p += 2 + length;
            }
        }
    }

    private void segment(int marker, byte[] content, int from, int to) {
        if (marker == APP0 && startsWith(content, from, to, "JFIF\0") && to - from >= 14) {
            jfif = true;
        } else if (marker == APP1 && exif == null && startsWith(content, from, to, EXIF)) {
            exif = ByteBuffer.wrap(content, from + EXIF.length(), to - from - EXIF.length()).slice();
        } else if (marker == APP1 && startsWith(content, from, to, XMP)) {
            xmp = ByteBuffer.wrap(content, from + XMP.length(), to - from - XMP.length()).slice();
        } else if (marker == APP14 && startsWith(content, from, to, "Adobe") && to - from >= 12) {
            adobeTransform = content[from + 11] & 0xff;
        } else if (isStartOfFrame(marker)) {
            frame = marker;
            StringBuilder ids = new StringBuilder();
            int components = Math.max(0, (to - from - 6) / 3);
            across = new int[components];
            down = new int[components];
            for (int c = 0, p = from + 6; c < components; c++, p += 3) {
                ids.append((char) content[p]);
                across[c] = content[p + 1] >> 4 & 15;
                down[c] = content[p + 1] & 15;
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
        boolean sequential = header.frame == 0xc0 || header.frame == 0xc1;
        return sequential && (components == 1 || components == 3 && told)
                && IntStream.range(0, components).noneMatch(header::isHalvedDownOnly);
    }

    /**
     * The file without its colour profile, which no conversion here looks at, and which the JDK's reader takes exception
     * to where it is damaged: its segments are there, under another name.
     */
    static byte[] withoutProfile(byte[] content) {
        List<Integer> profiles = new ArrayList<>();
        forEachSegment(content, (marker, _, from, to) -> {
            if (marker == APP2 && startsWith(content, from, to, PROFILE)) {
                profiles.add(from);
            }
        });
        if (profiles.isEmpty()) {
            return content;
        }
        byte[] other = content.clone();
        profiles.forEach(at -> other[at] = '-');
        return other;
    }

    /** The block of a JPEG file that holds what a camera notes. */
    static Optional<ByteBuffer> exif(byte[] content) {
        return Optional.ofNullable(new Jpeg(content).exif);
    }

    /** The XMP of a JPEG file. */
    static Optional<ByteBuffer> xmp(byte[] content) {
        return Optional.ofNullable(new Jpeg(content).xmp);
    }

    /** @throws ImageException without the file's name, if the file is sound and the JDK has no decoder for its kind */
    static void requireSupported(byte[] content) {
        String kind = switch (new Jpeg(content).frame) {
            case 0xc3, 0xc7 -> "lossless";
            case 0xc5, 0xc6 -> "hierarchical";
            case 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf -> "arithmetic-coded";
            default -> null;
        };
        if (kind != null) {
            throw new ImageException(Fault.NOT_AN_IMAGE,
                    "is a JPEG of the " + kind
                            + " kind, which is not supported; save it as a baseline or progressive one");
        }
    }

    /** Whether a component has a sample for each column and for every second row. */
    private boolean isHalvedDownOnly(int component) {
        return across[component] == Arrays.stream(across).max().orElseThrow()
                && 2 * down[component] == Arrays.stream(down).max().orElseThrow();
    }

    /**
     * What libjpeg-turbo makes of a component with every second row, {@code h1v2_fancy_upsample} of {@code jdsample.c}: of
     * two rows the upper is {@code (3 c + above + 1) / 4}, the lower {@code (3 c + below + 2) / 4}. The JDK's libjpeg, which
     * is older, has repeated each row.
     */
    private static void smoothDown(byte[] samples, int width, int height, int bands, int band) {
        int[] above = new int[width];
        for (int y = 0; y < height; y += 2) {
            for (int x = 0; x < width; x++) {
                int upper = (y * width + x) * bands + band;
                int lower = upper + width * bands;
                int here = samples[upper] & 0xff;
                int before = y == 0 ? here : above[x];
                int below = y + 2 < height ? samples[lower + width * bands] & 0xff : here;
                samples[upper] = (byte) (3 * here + before + 1 >> 2);
                if (y + 1 < height) {
                    samples[lower] = (byte) (3 * here + below + 2 >> 2);
                }
                above[x] = here;
            }
        }
    }

    /** The image of a JPEG file, from the samples the JDK decodes from it. Changes the raster. */
    static RgbImage toRgb(byte[] content, Raster raster) {
        Jpeg header = new Jpeg(content);
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        for (int band = 0; band < Math.min(raster.getNumBands(), header.componentIds.length()); band++) {
            if (header.isHalvedDownOnly(band)) {
                smoothDown(samples, width, height, raster.getNumBands(), band);
            }
        }
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
