package io.github.clip4j.image;

import io.github.clip4j.files.PartialFile;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An image of 8 bits per channel.
 *
 * @param pixels red, green and blue of each pixel, row by row from the top left; not copied, so not to be changed
 */
public record RgbImage(int width, int height, byte[] pixels) {
    /**
     * @throws IllegalArgumentException if a side is not positive or {@code pixels} is not {@code 3 * width * height}
     */
    public RgbImage {
        if (width < 1 || height < 1 || pixels.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "%d bytes for an RGB image of %d x %d pixels".formatted(pixels.length, width, height));
        }
    }

    /**
     * Writes this image as PNG. The file appears whole or not at all: it is written beside its place, synced and renamed.
     *
     * @throws IOException if the file cannot be written
     */
    public void writePng(Path file) throws IOException {
        PartialFile.write(file, channel -> encode("png", Channels.newOutputStream(channel)));
    }

    /** This image as a JPEG file of the JDK's default quality, for people to look at. */
    public byte[] jpeg() {
        return encode("jpeg");
    }

    /** This image as a PNG file. */
    public byte[] png() {
        return encode("png");
    }

    private byte[] encode(String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encode(format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void encode(String format, OutputStream stream) throws IOException {
        var buffer = new DataBufferByte(pixels, pixels.length);
        var raster = Raster.createInterleavedRaster(buffer, width, height, 3 * width, 3, new int[]{0, 1, 2}, null);
        var colors = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false,
                Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        try (var output = new MemoryCacheImageOutputStream(stream)) {
            ImageIO.write(new BufferedImage(colors, raster, false, null), format, output);
        }
    }
}
