package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * A camera's raw file, which is shown as the camera shows it: by the largest JPEG in it. The samples of the sensor are
 * not developed.
 */
final class RawPhotograph {
    private static final int PHOTOMETRIC = 262;
    private static final int SUB_DIRECTORIES = 330;
    /** Colours of a sensor's mosaic, and of one that is put together already (TIFF/EP, DNG 1.4). */
    private static final Set<Integer> SENSOR = Set.of(32803, 34892);
    private static final int ENTRY_BYTES = 12;
    private static final int MAX_DIRECTORIES = 64;
    private static final int START_OF_SCAN = 0xda;
    /** What cameras have of JPEGs, and a JPEG of segments before its scan, many times over: so this takes no longer. */
    private static final int MAX_JPEGS = 1000;
    private static final int MAX_SEGMENTS = 1000;

    private RawPhotograph() {}

    /** Whether a file is one that begins as a TIFF does: NEF, ARW, DNG, PEF and others. */
    static boolean isTiff(byte[] content) {
        if (content.length < 8) {
            return false;
        }
        ByteBuffer file = ByteBuffer.wrap(content).order(Exif.order(content[0]));
        Deque<Long> directories = new ArrayDeque<>();
        Set<Long> seen = new HashSet<>();
        directories.add(Integer.toUnsignedLong(file.getInt(4)));
        while (!directories.isEmpty() && seen.size() < MAX_DIRECTORIES) {
            long directory = directories.remove();
            if (directory > 0 && directory + 2 <= content.length && seen.add(directory)
                    && isSensor(file, (int) directory, directories)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a directory is of a sensor's samples; adds those that it leads to. */
    private static boolean isSensor(ByteBuffer file, int directory, Deque<Long> others) {
        int entries = Short.toUnsignedInt(file.getShort(directory));
        long end = directory + 2 + (long) entries * ENTRY_BYTES;
        for (long at = directory + 2; at < end && at + ENTRY_BYTES <= file.limit(); at += ENTRY_BYTES) {
            int entry = (int) at;
            int tag = Short.toUnsignedInt(file.getShort(entry));
            if (tag == PHOTOMETRIC && SENSOR.contains(Short.toUnsignedInt(file.getShort(entry + 8)))) {
                return true;
            }
            if (tag == SUB_DIRECTORIES) {
                long count = Integer.toUnsignedLong(file.getInt(entry + 4));
                long from = count == 1 ? entry + 8 : Integer.toUnsignedLong(file.getInt(entry + 8));
                for (int i = 0; i < Math.min(count, MAX_DIRECTORIES) && from + 4 * (i + 1) <= file.limit(); i++) {
                    others.add(Integer.toUnsignedLong(file.getInt((int) from + 4 * i)));
                }
            }
        }
        if (end + 4 <= file.limit()) {
            others.add(Integer.toUnsignedLong(file.getInt((int) end)));
        }
        return false;
    }

    /**
     * The file from its largest JPEG on, of those that are baseline or progressive.
     *
     * @throws ImageException without the file's name, if there is none
     */
    static byte[] preview(byte[] content) {
        int best = -1;
        long mostPixels = 0;
        int jpegs = 0;
        for (int at = 0; at + 3 < content.length && jpegs < MAX_JPEGS; at++) {
            if (content[at] == (byte) 0xff && content[at + 1] == (byte) 0xd8 && content[at + 2] == (byte) 0xff) {
                jpegs++;
                long pixels = pixels(content, at + 2);
                if (pixels > mostPixels) {
                    best = at;
                    mostPixels = pixels;
                }
            }
        }
        if (best < 0) {
            throw new ImageException(Fault.NOT_AN_IMAGE,
                    "is a camera's raw file without a JPEG in it; develop it into a JPEG or PNG first");
        }
        return Arrays.copyOfRange(content, best, content.length);
    }

    /** How many pixels a JPEG has whose segments begin at a place; 0 if this is none, or one of another kind. */
    private static long pixels(byte[] content, int at) {
        long pixels = 0;
        for (int i = 0; i < MAX_SEGMENTS && at + 9 < content.length && content[at] == (byte) 0xff; i++) {
            int marker = content[at + 1] & 0xff;
            int length = number(content, at + 2);
            if (marker == START_OF_SCAN) {
                return pixels;
            }
            if (marker >= 0xc0 && marker <= 0xc2 && content[at + 4] == 8) {
                pixels = (long) number(content, at + 5) * number(content, at + 7);
            } else if (marker < 0xc4 || length < 2) {
                return 0;
            }
            at += 2 + length;
        }
        return 0;
    }

    private static int number(byte[] content, int at) {
        return (content[at] & 0xff) << 8 | content[at + 1] & 0xff;
    }

    /** As the camera was held: as the preview says, or else the file. */
    static int orientation(byte[] content, byte[] preview) {
        int ofPreview = Orientation.of(preview, ImageFormat.JPEG);
        return ofPreview == 1 ? Orientation.ofTiff(content) : ofPreview;
    }
}
