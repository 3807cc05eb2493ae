package io.github.clip4j.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

import javax.imageio.ImageIO;

/** Images for tests: made here, or read from the reference folder. */
final class TestImages {
    private TestImages() {}

    /** The folder of reference images; without it the calling test is skipped. */
    static Path reference() {
        Path folder = Path.of(System.getProperty("shared", "../shared"), "reference/preprocess");
        assumeTrue(Files.isDirectory(folder), "skipped: there is no reference data at " + folder);
        return folder;
    }

    /** Random pixels that follow from the seed. */
    static RgbImage random(int width, int height, long seed) {
        byte[] pixels = new byte[3 * width * height];
        new SplittableRandom(seed).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /** Pixels that Python makes too: a mix of the index and the width. */
    static RgbImage formula(int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            int value = i * 0x9e3779b1 + width * 40503;
            pixels[i] = (byte) ((value ^ value >>> 15) * 0x85ebca77 >>> 24);
        }
        return new RgbImage(width, height, pixels);
    }

    /** CRC-32 in hexadecimal. */
    static String crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return "%08x".formatted(crc.getValue());
    }

    /** A small picture of random blocks as a file of each format the JDK writes and of each kind of pixel it writes. */
    static Map<String, byte[]> encoded() {
        Map<String, Integer> kinds = Map.of("gray", BufferedImage.TYPE_BYTE_GRAY, "gray16",
                BufferedImage.TYPE_USHORT_GRAY, "rgb", BufferedImage.TYPE_3BYTE_BGR, "rgba",
                BufferedImage.TYPE_4BYTE_ABGR, "palette", BufferedImage.TYPE_BYTE_INDEXED, "bilevel",
                BufferedImage.TYPE_BYTE_BINARY);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String format : new String[]{"png", "jpeg", "gif", "bmp", "tiff"}) {
            kinds.forEach((kind, type) -> {
                byte[] file = encode(blocks(type), format);
                if (file.length > 0) {
                    files.put(kind + "." + format, file);
                }
            });
        }
        return files;
    }

    /** The file's content, empty if the format has no such kind of pixel. */
    static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return output.toByteArray();
    }

    private static BufferedImage blocks(int type) {
        BufferedImage image = new BufferedImage(37, 21, type);
        SplittableRandom random = new SplittableRandom(5);
        int[] colors = random.ints(60).toArray();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, colors[x / 4 + y / 4 * 10]);
            }
        }
        return image;
    }
}
