package io.github.clip4j.image;

import java.awt.image.BufferedImage;

import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;

/** Is told each row that a reader has completed; of ImageIO's other news, none. */
@FunctionalInterface
interface RowListener extends IIOReadUpdateListener {
    void rowComplete();

    @Override
    default void imageUpdate(ImageReader reader, BufferedImage image, int x, int y, int width, int height, int stepX,
            int stepY, int[] bands) {
        rowComplete();
    }

    @Override
    default void passStarted(ImageReader reader, BufferedImage image, int pass, int first, int last, int x, int y,
            int stepX, int stepY, int[] bands) {}

    @Override
    default void passComplete(ImageReader reader, BufferedImage image) {}

    @Override
    default void thumbnailPassStarted(ImageReader reader, BufferedImage image, int pass, int first, int last, int x,
            int y, int stepX, int stepY, int[] bands) {}

    @Override
    default void thumbnailUpdate(ImageReader reader, BufferedImage image, int x, int y, int width, int height,
            int stepX, int stepY, int[] bands) {}

    @Override
    default void thumbnailPassComplete(ImageReader reader, BufferedImage image) {}
}
