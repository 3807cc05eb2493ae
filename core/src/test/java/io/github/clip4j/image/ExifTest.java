package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExifTest {
    private static final ImageDecoder SEEN = new ImageDecoder().withExifOrientation(true);
    /** 3 x 2 pixels of one band: 0 1 2, 3 4 5. */
    private static final RgbImage STORED = image(3, 2, 0, 1, 2, 3, 4, 5);

    @TempDir
    private Path folder;

    private static RgbImage image(int width, int height, int... values) {
        byte[] pixels = new byte[3 * values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (40 * values[i / 3]);
        }
        return new RgbImage(width, height, pixels);
    }

    /** The block of Exif that notes an orientation and, before it, something else. */
    private static byte[] exif(int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 24 + 4).order(order);
        tiff.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d)).putShort((short) 42).putInt(8);
        tiff.putShort((short) 2).putShort((short) 0x100).putShort((short) 3).putInt(1).putInt(0);
        tiff.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation).putShort((short) 0);
        return tiff.array();
    }

    /** A PNG with a chunk after its header. */
    private byte[] png(byte[] exif) throws IOException {
        Path file = folder.resolve("x.png");
        STORED.writePng(file);
        byte[] png = Files.readAllBytes(file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(png, 0, 33);
        DataOutputStream chunk = new DataOutputStream(bytes);
        byte[] named = concat("eXIf".getBytes(ISO_8859_1), exif);
        CRC32 checksum = new CRC32();
        checksum.update(named);
        chunk.writeInt(exif.length);
        chunk.write(named);
        chunk.writeInt((int) checksum.getValue());
        bytes.write(png, 33, png.length - 33);
        return bytes.toByteArray();
    }

    private static byte[] jpeg(byte[] exif) {
        byte[] jpeg = STORED.jpeg();
        byte[] segment = concat("Exif\0\0".getBytes(ISO_8859_1), exif);
        byte[] start = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe1, (byte) (segment.length + 2 >> 8),
                (byte) (segment.length + 2)};
        return concat(concat(start, segment), Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** What each orientation shows, by the definition in TIFF 6.0: where the stored row 0 and column 0 are to be seen. */
    @ParameterizedTest
    @CsvSource({"1,3,012345", "2,3,210543", "3,3,543210", "4,3,345012", "5,2,031425", "6,2,304152", "7,2,524130",
            "8,2,251403", "0,3,012345", "9,3,012345"})
    void turned(int orientation, int width, String values) throws IOException {
        RgbImage expected = image(width, 6 / width, values.chars().map(c -> c - '0').toArray());
        for (ByteOrder order : new ByteOrder[]{ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            byte[] png = png(exif(orientation, order));
            RgbImage seen = SEEN.decode(png, "x");
            assertEquals(width, seen.width());
            assertArrayEquals(expected.pixels(), seen.pixels());
            assertArrayEquals(STORED.pixels(), new ImageDecoder().decode(png, "x").pixels());
            byte[] jpeg = jpeg(exif(orientation, order));
            assertEquals(width, SEEN.decode(jpeg, "x").width());
            assertEquals(3, new ImageDecoder().decode(jpeg, "x").width());
        }
    }

    @Test
    void damagedBlocksCountAsMissing() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] exif = exif(6, ByteOrder.LITTLE_ENDIAN);
            exif[random.nextInt(exif.length)] = (byte) random.nextInt();
            exif = Arrays.copyOf(exif, random.nextInt(4) == 0 ? random.nextInt(exif.length) : exif.length);
            assertEquals(6, SEEN.decode(png(exif), "x").pixels().length / 3);
            assertEquals(6, SEEN.decode(jpeg(exif), "x").pixels().length / 3);
        }
    }
}
