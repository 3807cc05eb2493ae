package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageException.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On files built as cameras build them: directories, a small and a large JPEG, and what stands for a sensor's samples.
 */
class RawPhotographTest {
    private static final byte[] SMALL = jpeg(16, 12, 1);
    private static final byte[] LARGE = jpeg(64, 48, 2);

    @TempDir
    private Path folder;

    private static byte[] jpeg(int width, int height, int seed) {
        byte[] pixels = new byte[3 * width * height];
        new Random(seed).nextBytes(pixels);
        return new RgbImage(width, height, pixels).jpeg();
    }

    /** Content between a header and directories, the first of which the header leads to. */
    private static byte[] tiff(ByteOrder order, byte[] header, List<byte[]> blobs,
            List<Map<Integer, int[]>> directories) {
        ByteBuffer file = ByteBuffer.allocate(1 << 17).order(order).put(header);
        file.position(Math.max(16, file.position()));
        int[] places = new int[blobs.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = file.position();
            file.put(blobs.get(i)).position(file.position() + file.position() % 2);
        }
        int[] begins = new int[directories.size()];
        int at = file.position();
        for (int i = 0; i < begins.length; i++) {
            begins[i] = at;
            at += 2 + 12 * directories.get(i).size() + 4;
        }
        if (header.length <= 12) { // of the others a directory is not at this place
            file.putInt(4, begins[0]);
        }
        for (Map<Integer, int[]> directory : directories) {
            file.putShort((short) directory.size());
            new TreeMap<>(directory).forEach((tag, value) -> {
                file.putShort(tag.shortValue()).putShort((short) value[0]).putInt(1);
                int number = value[1] <= -1000
                        ? begins[-1000 - value[1]]
                        : value[1] < 0 ? places[-1 - value[1]] : value[1];
                if (value[0] == 3) {
                    file.putShort((short) number).putShort((short) 0);
                } else {
                    file.putInt(number);
                }
            });
            file.putInt(0);
        }
        return Arrays.copyOf(file.array(), file.position());
    }

    private static int[] value(int number) {
        return new int[]{3, number};
    }

    /** Where a blob is. */
    private static int[] blob(int i) {
        return new int[]{4, -1 - i};
    }

    private static int[] directory(int i) {
        return new int[]{4, -1000 - i};
    }

    private static byte[] magic(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Samples that look like nothing, and one place that looks like the start of a JPEG. */
    private static byte[] samples() {
        byte[] samples = new byte[5000];
        new Random(9).nextBytes(samples);
        System.arraycopy(new byte[]{(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xc3, 0, 20, 8, 99, 99, 99, 99}, 0,
                samples, 700, 11);
        return samples;
    }

    private static byte[] file(String kind) {
        List<byte[]> blobs = List.of(SMALL, samples(), LARGE);
        Map<Integer, int[]> preview = Map.of(259, value(6), 513, blob(2), 514, new int[]{4, LARGE.length});
        Map<Integer, int[]> thumbnail = Map.of(259, value(6), 513, blob(0), 514, new int[]{4, SMALL.length});
        Map<Integer, int[]> sensor = Map.of(256, value(50), 257, value(50), 262, value(32803), 273, blob(1));
        return switch (kind) {
            case "nef" -> tiff(ByteOrder.BIG_ENDIAN, magic("MM\0*"), blobs,
                    List.of(Map.of(256, value(4), 257, value(3), 262, value(2), 274, value(6), 330, directory(1)),
                            Map.of(330, directory(2), 513, blob(2), 514, new int[]{4, LARGE.length}), sensor));
            case "dng" -> tiff(ByteOrder.LITTLE_ENDIAN, magic("II*\0"), blobs,
                    List.of(Map.of(262, value(34892), 273, blob(1), 330, directory(1), 50706, value(1)), preview));
            case "cr2" -> tiff(ByteOrder.LITTLE_ENDIAN, magic("II*\0\0\0\0\0CR\2\0"), blobs,
                    List.of(preview, thumbnail));
            case "orf" -> tiff(ByteOrder.LITTLE_ENDIAN, magic("IIRO"), blobs, List.of(Map.of(273, blob(1))));
            case "rw2" -> tiff(ByteOrder.LITTLE_ENDIAN, magic("IIU\0"), blobs, List.of(Map.of(46, blob(2))));
            case "raf" -> tiff(ByteOrder.BIG_ENDIAN, magic("FUJIFILMCCD-RAW 0201FF389501X-T1"), blobs, List.of(sensor));
            case "cr3" -> tiff(ByteOrder.BIG_ENDIAN, magic("\0\0\0\u0018ftypcrx \0\0\0\1"), blobs, List.of(sensor));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"nef", "dng", "cr2", "orf", "rw2", "raf", "cr3"})
    void theLargestPreviewIsTheImage(String kind) throws Exception {
        Path path = Files.write(folder.resolve("photo." + kind), file(kind));
        byte[] expected = new ImageDecoder().decode(LARGE, "preview").pixels();
        assertArrayEquals(expected, new ImageDecoder().decode(path).pixels());
        assertTrue(ImageDecoder.isImageName(path));
        try (ImageStrips strips = ImageStrips.open(path)) {
            assertEquals("64 x 48", strips.width() + " x " + strips.height());
        }
        RgbImage turned = new ImageDecoder().withExifOrientation(true).decode(path);
        assertEquals(kind.equals("nef") ? "48 x 64" : "64 x 48", turned.width() + " x " + turned.height());
    }

    @Test
    void withoutAPreviewItIsRefused() {
        byte[] raw = tiff(ByteOrder.LITTLE_ENDIAN, magic("II*\0"), List.of(samples()),
                List.of(Map.of(262, value(32803), 273, blob(0))));
        ImageException e = assertThrows(ImageException.class, () -> new ImageDecoder().decode(raw, "a.dng"));
        assertEquals("a.dng: is a camera's raw file without a JPEG in it; develop it into a JPEG or PNG first",
                e.getMessage());
        assertEquals(Fault.NOT_AN_IMAGE, e.fault());
    }

    /** Starts of JPEGs that all lead to the same endless segments. */
    @Test
    void manyJpegsTakeNoLonger() {
        byte[] raw = Arrays.copyOf(file("orf"), 32 << 20);
        for (int at = 1 << 17; at + 8 < raw.length; at += 8) {
            boolean start = at < 16 << 20;
            System.arraycopy(HexFormat.of().parseHex(start ? "ffd8ffe00004ffe0" : "ffe00002ffe00002"), 0, raw, at, 8);
        }
        byte[] expected = new ImageDecoder().decode(LARGE, "preview").pixels();
        assertTimeout(Duration.ofSeconds(10),
                () -> assertArrayEquals(expected, new ImageDecoder().decode(raw, "a.orf").pixels()));
    }

    @Test
    void aTiffIsNoRawFile() {
        TestImages.encoded().forEach((name, content) -> assertFalse(RawPhotograph.isTiff(content), name));
    }

    /** Directories that lead to each other, and outside. */
    @Test
    void directoriesAreFollowedOnce() {
        byte[] loop = tiff(ByteOrder.LITTLE_ENDIAN, magic("II*\0"), List.of(samples()),
                List.of(Map.of(330, directory(0), 256, value(1)), Map.of(330, new int[]{4, Integer.MAX_VALUE})));
        assertFalse(RawPhotograph.isTiff(loop));
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = file(List.of("nef", "dng", "cr2", "raf").get(seed % 4));
            for (int i = 0; i < 4; i++) {
                damaged[random.nextBoolean()
                        ? random.nextInt(64)
                        : damaged.length - 1 - random.nextInt(200)] = (byte) random
                                .nextInt();
            }
            try {
                new ImageDecoder().decode(Arrays.copyOf(damaged, damaged.length - random.nextInt(400)), "a.nef");
            } catch (ImageException e) {
                assertTrue(e.getMessage().startsWith("a.nef: "), e.getMessage());
            }
        }
    }
}
