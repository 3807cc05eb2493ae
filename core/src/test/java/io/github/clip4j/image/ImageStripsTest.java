package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStripsTest {
    @TempDir
    Path folder;

    /** The strips of a file below each other, and how many they are. */
    private record Joined(RgbImage image, int strips) {
        static Joined of(Path file) {
            ByteArrayOutputStream pixels = new ByteArrayOutputStream();
            int[] count = {0};
            try (ImageStrips strips = ImageStrips.open(file)) {
                strips.forEach(strip -> {
                    assertEquals(strips.width(), strip.width());
                    pixels.writeBytes(strip.pixels());
                    count[0]++;
                });
                return new Joined(new RgbImage(strips.width(), strips.height(), pixels.toByteArray()), count[0]);
            }
        }
    }

    private Path write(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void togetherTheyAreTheDecodedImage() {
        TestImages.encoded().forEach((name, content) -> {
            Joined joined = Joined.of(write(name, content));
            assertArrayEquals(new ImageDecoder().decode(content, name).pixels(), joined.image.pixels(), name);
            boolean rows = name.endsWith("jpeg") || name.endsWith("png") && !name.startsWith("bilevel");
            assertEquals(rows ? 21 : 1, joined.strips, name);
        });
    }

    @Test
    void theyAreSoForEveryKindOfFile() throws IOException {
        try (Stream<Path> files = Files.list(TestImages.reference().resolve("images"))) {
            for (Path file : files.filter(name -> !name.toString().endsWith(".webp")).toList()) {
                assertArrayEquals(new ImageDecoder().decode(file).pixels(), Joined.of(file).image.pixels(),
                        file.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LZW", "Deflate", "PackBits"})
    void aTiffComesInStripsOfItsOwnOrOfTiles(String compression) throws IOException {
        RgbImage image = TestImages.random(150, 200, 6);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (!compression.isEmpty()) {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(compression);
        }
        for (boolean tiles : new boolean[]{false, true}) {
            if (tiles) {
                param.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
                param.setTiling(64, 48, 0, 0);
            }
            Path file = folder.resolve(tiles + ".tif");
            try (ImageOutputStream stream = ImageIO.createImageOutputStream(file.toFile())) {
                writer.setOutput(stream);
                writer.write(null, new IIOImage(buffered(image), null, null), param);
            }
            Joined joined = Joined.of(file);
            assertArrayEquals(image.pixels(), joined.image.pixels());
            assertTrue(joined.strips > 1, joined.strips + " strips");
        }
    }

    private static BufferedImage buffered(RgbImage image) {
        var buffered = new BufferedImage(image.width(), image.height(),
                BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < image.width() * image.height(); i++) {
            int rgb = (image.pixels()[3 * i] & 0xff) << 16 | (image.pixels()[3 * i + 1] & 0xff) << 8
                    | image.pixels()[3 * i + 2] & 0xff;
            buffered.setRGB(i % image.width(), i / image.width(), rgb);
        }
        return buffered;
    }

    @Test
    void aBrokenFileHasTheDecodersVerdict() {
        SplittableRandom random = new SplittableRandom(7);
        TestImages.encoded().forEach((name, content) -> {
            for (int i = 0; i < 20; i++) {
                sameVerdict("cut-" + name, Arrays.copyOf(content, random.nextInt(content.length)));
                byte[] damaged = content.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
                sameVerdict("damaged-" + name, damaged);
            }
        });
    }

    private void sameVerdict(String name, byte[] content) {
        Path file = write(name, content);
        String source = name + ": " + Arrays.toString(content);
        RgbImage expected;
        try {
            expected = new ImageDecoder().decode(file);
        } catch (ImageException e) {
            String message = assertThrows(ImageException.class, () -> Joined.of(file), source).getMessage();
            assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
            return;
        }
        assertArrayEquals(expected.pixels(), Joined.of(file).image.pixels(), source);
    }

    @Test
    void aDamagedPngIsToldByItsChecksum() {
        byte[] png = TestImages.encode(buffered(TestImages.random(30, 30, 8)), "png");
        png[png.length / 2] ^= 1;
        Path file = write("a.png", png);
        String message = assertThrows(ImageException.class, () -> Joined.of(file)).getMessage();
        assertTrue(message.contains("wrong checksum"), message);
    }

    @Test
    void hugeSizesAreRefusedBeforeMemoryIsTaken() {
        refused("has 50000 x 50000 pixels, more than the limit of 2147483645", png(50_000, 50_000, 8, 0));
        refused("has 2000000 x 1 pixels, more than the limit", png(2_000_000, 1, 8, 0));
        refused("a PNG of 8 or 16 bits that is not interlaced", png(20_000, 20_000, 8, 1));
        refused("a PNG of 8 or 16 bits that is not interlaced", png(20_000, 20_000, 1, 0));
        refused("is a truncated PNG image", png(20_000, 20_000, 8, 0));
    }

    private void refused(String expected, byte[] content) {
        Path file = write("huge.png", content);
        String message = assertThrows(ImageException.class, () -> Joined.of(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(expected), message);
    }

    /** Header and start of the data of a gray PNG. */
    private static byte[] png(int width, int height, int bits, int interlace) {
        ByteBuffer header = ByteBuffer.allocate(17).putInt(0x49484452).putInt(width).putInt(height);
        header.put((byte) bits).put(new byte[]{0, 0, 0}).put((byte) interlace);
        CRC32 checksum = new CRC32();
        checksum.update(header.array());
        return ByteBuffer.allocate(50).putLong(0x89504e470d0a1a0aL).putInt(13).put(header.array())
                .putInt((int) checksum.getValue()).putInt(100).putInt(0x49444154).array();
    }

    @Test
    void whatIsNoImageIsTold() throws IOException {
        refused("is empty", new byte[0]);
        refused("is a PDF document", "%PDF-1.7".getBytes(StandardCharsets.US_ASCII));
        for (Path path : new Path[]{folder, folder.resolve("none.png")}) {
            String message = assertThrows(ImageException.class, () -> ImageStrips.open(path)).getMessage();
            assertTrue(message.startsWith(path + ": "), message);
        }
    }
}
