package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder();

    @TempDir
    private Path folder;

    @Test
    void losslessFormatsKeepEveryPixel() {
        RgbImage pixels = TestImages.random(37, 21, 1);
        BufferedImage image = new BufferedImage(37, 21, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 37 * 21; i++) {
            byte[] rgb = Arrays.copyOfRange(pixels.pixels(), 3 * i, 3 * i + 3);
            image.setRGB(i % 37, i / 37, (rgb[0] & 0xff) << 16 | (rgb[1] & 0xff) << 8 | rgb[2] & 0xff);
        }
        for (String format : new String[]{"png", "bmp", "tiff"}) {
            RgbImage decoded = decoder.decode(TestImages.encode(image, format), format);
            assertEquals(37, decoded.width(), format);
            assertArrayEquals(pixels.pixels(), decoded.pixels(), format);
        }
    }

    /** Java's own conversion would make 100 of linear gray 166 of sRGB. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff"})
    void grayKeepsItsLevels(String format) {
        BufferedImage image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
        IntStream.range(0, 256).forEach(x -> image.getRaster().setSample(x, 0, 0, x));
        assertArrayEquals(gray(IntStream.range(0, 256)),
                decoder.decode(TestImages.encode(image, format), "g").pixels());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "tiff"})
    void grayOf16BitsIsClippedAsInPillow(String format) {
        int[] levels = {0, 1, 100, 254, 255, 256, 257, 4096, 65535};
        BufferedImage image = new BufferedImage(levels.length, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setPixels(0, 0, levels.length, 1, levels);
        byte[] expected = gray(Arrays.stream(levels).map(level -> Math.min(level, 255)));
        assertArrayEquals(expected, decoder.decode(TestImages.encode(image, format), "g").pixels());
    }

    @Test
    void alphaIsDroppedAndNotBlended() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
        image.getRaster().setPixel(0, 0, new int[]{10, 20, 30, 0});
        assertArrayEquals(new byte[]{10, 20, 30}, decoder.decode(TestImages.encode(image, "png"), "a").pixels());
    }

    /** From Pillow: {@code Image.new("CMYK", (1, 1), (c, m, y, k)).convert("RGB").getpixel((0, 0))}. */
    @ParameterizedTest
    @CsvSource({"0,0,0,0,255,255,255", "100,200,30,40,131,46,190", "10,20,250,100,149,143,3"})
    void cmykEqualsPillow(int c, int m, int y, int k, int red, int green, int blue) {
        byte[] samples = {(byte) c, (byte) m, (byte) y, (byte) k};
        assertArrayEquals(new byte[]{(byte) red, (byte) green, (byte) blue},
                RasterColors.cmyk(samples, 1, 1, 4).pixels());
    }

    @Test
    void gifFrameLiesOnItsScreen() {
        byte[] file = TestImages.encoded().get("palette.gif");
        RgbImage frame = decoder.decode(file, "frame");
        byte[] larger = file.clone();
        larger[6] = 50;
        larger[8] = 30;
        RgbImage screen = decoder.decode(larger, "screen");
        assertEquals(50, screen.width());
        assertEquals(30, screen.height());
        byte[] colorZero = Arrays.copyOfRange(file, 13, 16);
        for (int i = 0; i < 50 * 30; i++) {
            int x = i % 50;
            int y = i / 50;
            byte[] expected = x < 37 && y < 21
                    ? Arrays.copyOfRange(frame.pixels(), 3 * (37 * y + x), 3 * (37 * y + x) + 3)
                    : colorZero;
            assertArrayEquals(expected, Arrays.copyOfRange(screen.pixels(), 3 * i, 3 * i + 3), x + ", " + y);
        }
    }

    /** Pixels 1 2 3 / 4 5 6, as they are to be seen for each value of the tag (TIFF 6.0, page 36). */
    @ParameterizedTest
    @CsvSource({"1,3,123456", "2,3,321654", "3,3,654321", "4,3,456123", "5,2,142536", "6,2,415263", "7,2,635241",
            "8,2,362514"})
    void tiffIsTurned(int orientation, int width, String order) throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 3, 2, new int[]{'1', '2', '3', '4', '5', '6'});
        RgbImage decoded = decoder.decode(tiff(image, orientation), "tiff");
        assertEquals(width, decoded.width());
        assertArrayEquals(gray(order.chars()), decoded.pixels());
    }

    @Test
    void truncatedFilesAreNamedSo() {
        TestImages.encoded().forEach((name, file) -> {
            // a TIFF's directory is at its end, so that a cut one may look broken in other ways
            String expected = name.endsWith("tiff") ? "TIFF image" : "is a truncated";
            for (int length : new int[]{file.length / 2, file.length * 9 / 10}) {
                ImageException e = assertThrows(ImageException.class,
                        () -> decoder.decode(Arrays.copyOf(file, length), name), name + " cut to " + length);
                assertTrue(e.getMessage().startsWith(name + ": ") && e.getMessage().contains(expected), e.getMessage());
            }
        });
    }

    @Test
    void pngWithAWrongChecksumIsBroken() {
        byte[] file = TestImages.encoded().get("rgb.png");
        file[file.length - 20] ^= 1;
        fails("is a broken PNG image: wrong checksum", file);
    }

    @Test
    void jpegWithoutItsLastMarkerIsTruncated() {
        byte[] file = TestImages.encoded().get("rgb.jpeg");
        fails("is a truncated JPEG image", Arrays.copyOf(file, file.length - 2));
    }

    @Test
    void webpShorterThanItsHeaderSaysIsTruncated() throws IOException {
        byte[] file = Files.readAllBytes(TestImages.reference().resolve("images/iss634.webp"));
        fails("is a truncated WEBP image", Arrays.copyOf(file, file.length - 1));
    }

    @Test
    void pixelsAreCountedBeforeTheyAreDecoded() {
        byte[] file = TestImages.encoded().get("rgb.png");
        ByteBuffer.wrap(file).putInt(16, 50_000).putInt(20, 50_000);
        fails("has 50000 x 50000 pixels, more than the limit of 178956970", file);
        ImageDecoder small = new ImageDecoder(37 * 21 - 1, ImageDecoder.DEFAULT_MAX_BYTES);
        TestImages.encoded().forEach((name, content) -> {
            ImageException e = assertThrows(ImageException.class, () -> small.decode(content, name));
            assertEquals(name + ": has 37 x 21 pixels, more than the limit of 776", e.getMessage());
        });
    }

    @Test
    void whatIsNoImageIsNamed() {
        Map<String, String> contents = Map.of("<!DOCTYPE html><p>404", "is an HTML page", "  <html>", "is an HTML page",
                "%PDF-1.7", "is a PDF document", "hello", "is a file that starts with the bytes 68 65 6c 6c 6f", "",
                "is empty", "....ftypavif", "is an AVIF image (turn it", "\0\0\0\u0018ftypheic",
                "is a HEIC image (turn it");
        contents.forEach((content, found) -> fails(found, content.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void unreadableFilesAreNamed() throws IOException {
        Path file = Files.write(folder.resolve("a.png"), TestImages.encoded().get("rgb.png"));
        assertEquals(37, decoder.decode(file).width());
        ImageDecoder small = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS, Files.size(file) - 1);
        fails(file + ": has " + Files.size(file) + " bytes, more than the limit of", () -> small.decode(file));
        fails(folder + ": is a folder", () -> decoder.decode(folder));
        fails(folder.resolve("b.png") + ": there is no such file", () -> decoder.decode(folder.resolve("b.png")));
    }

    @Test
    void oneDecoderServesManyThreads() {
        Map<String, byte[]> files = TestImages.encoded();
        IntStream.range(0, 8).parallel().forEach(i -> files.forEach((name, file) -> assertArrayEquals(
                new ImageDecoder().decode(file, name).pixels(), decoder.decode(file, name).pixels(), name)));
    }

    @Test
    void pngIsWrittenWholeAndAlone() throws IOException {
        RgbImage image = TestImages.random(13, 7, 9);
        Path file = folder.resolve("out.png");
        image.writePng(file);
        image.writePng(file);
        assertArrayEquals(image.pixels(), decoder.decode(file).pixels());
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        assertThrows(IOException.class, () -> image.writePng(folder.resolve("missing/out.png")));
    }

    @Test
    void rgbImageChecksItsSize() {
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2, new byte[11]));
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(0, 2, new byte[0]));
    }

    private void fails(String found, byte[] content) {
        fails("name: " + found, () -> decoder.decode(content, "name"));
    }

    private static void fails(String start, Runnable decoding) {
        ImageException e = assertThrows(ImageException.class, decoding::run, start);
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    private static byte[] gray(IntStream levels) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        levels.forEach(level -> bytes.writeBytes(new byte[]{(byte) level, (byte) level, (byte) level}));
        return bytes.toByteArray();
    }

    private static byte[] tiff(BufferedImage image, int orientation) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        var metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), writer.getDefaultWriteParam());
        TIFFDirectory directory = TIFFDirectory.createFromMetadata(metadata);
        var tag = BaselineTIFFTagSet.getInstance().getTag(BaselineTIFFTagSet.TAG_ORIENTATION);
        directory.addTIFFField(new TIFFField(tag, orientation));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (var output = new MemoryCacheImageOutputStream(file)) {
            writer.setOutput(output);
            writer.write(new IIOImage(image, null, directory.getAsMetadata()));
        } finally {
            writer.dispose();
        }
        return file.toByteArray();
    }
}
