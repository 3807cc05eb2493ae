package io.github.clip4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.util.Arrays;

import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;

/**
 * The first frame of a GIF in its place on the logical screen. The rest of the screen has the transparent colour if
 * there is one, otherwise colour 0, as in Pillow's {@code GifImagePlugin.py}.
 */
final class Gif {
    private final int left;
    private final int top;
    private final int background;
    private final int width;
    private final int height;

    Gif(byte[] content, ImageReader reader) throws IOException {
        var frame = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_gif_image_1.0");
        left = number(frame, "ImageDescriptor", "imageLeftPosition");
        top = number(frame, "ImageDescriptor", "imageTopPosition");
        IIOMetadataNode control = child(frame, "GraphicControlExtension");
        boolean transparent = control != null && control.getAttribute("transparentColorFlag").equals("TRUE");
        background = transparent ? number(frame, "GraphicControlExtension", "transparentColorIndex") : 0;
        width = Math.max(littleEndian(content, 6), left + reader.getWidth(0));
        height = Math.max(littleEndian(content, 8), top + reader.getHeight(0));
    }

    /** Width of the screen, or of what it takes to hold the frame. */
    int width() {
        return width;
    }

    /** Height of the screen, or of what it takes to hold the frame. */
    int height() {
        return height;
    }

    RgbImage toRgb(BufferedImage frame) {
        RgbImage image = RasterColors.toRgb(frame);
        if (image.width() == width && image.height() == height) {
            return image;
        }
        byte[] colors = RasterColors.colorTable((IndexColorModel) frame.getColorModel());
        byte[] color = Arrays.copyOfRange(colors, 3 * background, 3 * background + 3);
        byte[] screen = new byte[Math.multiplyExact(3 * width, height)];
        for (int i = 0; i < screen.length; i++) {
            screen[i] = color[i % 3];
        }
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.pixels(), 3 * y * image.width(), screen, 3 * ((top + y) * width + left),
                    3 * image.width());
        }
        return new RgbImage(width, height, screen);
    }

    private static int littleEndian(byte[] content, int offset) {
        return content[offset] & 0xff | (content[offset + 1] & 0xff) << 8;
    }

    private static IIOMetadataNode child(IIOMetadataNode node, String name) {
        return (IIOMetadataNode) node.getElementsByTagName(name).item(0);
    }

    private static int number(IIOMetadataNode node, String child, String attribute) {
        return Integer.parseInt(child(node, child).getAttribute(attribute));
    }
}
