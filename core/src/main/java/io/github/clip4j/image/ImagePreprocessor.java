package io.github.clip4j.image;

import java.awt.geom.Rectangle2D;
import java.util.Objects;

/**
 * From an image to the model's input, value for value as {@code CLIPImageProcessorPil} of transformers computes it, or
 * with the crop where torchvision has it.
 * Immutable and safe to share between threads.
 */
public final class ImagePreprocessor {
    private static final int CHANNELS = 3;

    private final Preprocessing settings;
    /** The normalised value of each 8-bit value, 256 for each channel. */
    private final float[] normalized = new float[CHANNELS * 256];

    /** @throws IllegalArgumentException if a size is not positive or there are not three means and deviations */
    public ImagePreprocessor(Preprocessing settings) {
        if (settings.resize() < 1 || settings.crop() < 1 || settings.mean().size() != CHANNELS
                || settings.std().size() != CHANNELS) {
            throw new IllegalArgumentException("sizes must be positive, with a mean and a std for each of 3 channels: "
                    + settings);
        }
        this.settings = settings;
        for (int c = 0; c < CHANNELS; c++) {
            float mean = settings.mean().get(c).floatValue();
            float std = settings.std().get(c).floatValue();
            for (int v = 0; v < 256; v++) {
                // transformers rescales in float64, rounds to float32 and normalises in float32
                normalized[c * 256 + v] = ((float) (v * settings.rescale()) - mean) / std;
            }
        }
    }

    /** Height and width of the crop in pixels. */
    public int size() {
        return settings.crop();
    }

    /**
     * The image with its shorter side s scaled to {@code resize} pixels and its longer side l to
     * {@code floor(resize * l / s)}, both bicubic, and of that the centred square of {@link #size()} pixels. Where the
     * scaled image is smaller than the square, it is surrounded by black.
     */
    public RgbImage crop(RgbImage image) {
        int shorter = Math.min(image.width(), image.height());
        Span columns = span(image.width(), shorter);
        Span rows = span(image.height(), shorter);
        RgbImage part = PilResize.resize(image, columns.axis(size()), rows.axis(size()));
        if (part.width() == size() && part.height() == size()) {
            return part;
        }
        byte[] padded = new byte[CHANNELS * size() * size()];
        int rowBytes = CHANNELS * part.width();
        for (int y = 0; y < part.height(); y++) {
            System.arraycopy(part.pixels(), y * rowBytes, padded,
                    CHANNELS * ((rows.margin + y) * size() + columns.margin), rowBytes);
        }
        return new RgbImage(size(), size(), padded);
    }

    /**
     * The square of an image that {@link #crop} shows, in pixels of the image; where the crop has a black border, the
     * square goes beyond the image.
     */
    public Rectangle2D region(int width, int height) {
        double scale = (double) Math.min(width, height) / settings.resize();
        Span columns = span(width, Math.min(width, height));
        Span rows = span(height, Math.min(width, height));
        return new Rectangle2D.Double((columns.from - columns.margin) * scale, (rows.from - rows.margin) * scale,
                size() * scale, size() * scale);
    }

    /**
     * Writes {@code (v * rescale - mean[c]) / std[c]} for each value v of a crop to
     * {@code target[offset, offset + 3 * size * size)}, as [3, size, size]: the red plane first, each row by row.
     *
     * @throws IllegalArgumentException if {@code crop} is not of {@link #size()}
     * @throws IndexOutOfBoundsException if {@code target} is too short
     */
    public void normalize(RgbImage crop, float[] target, int offset) {
        int plane = size() * size();
        if (crop.width() != size() || crop.height() != size()) {
            throw new IllegalArgumentException("a crop of %d x %d pixels where %d x %d are expected"
                    .formatted(crop.width(), crop.height(), size(), size()));
        }
        Objects.checkFromIndexSize(offset, CHANNELS * plane, target.length);
        byte[] pixels = crop.pixels();
        for (int c = 0; c < CHANNELS; c++) {
            for (int i = 0; i < plane; i++) {
                target[offset + c * plane + i] = normalized[c * 256 + (pixels[CHANNELS * i + c] & 0xff)];
            }
        }
    }

    /**
     * What of one axis lands in the crop.
     *
     * @param length of the image
     * @param scaled length of the scaled image
     * @param from where the crop begins in the scaled image
     * @param margin black before it in the crop
     */
    private record Span(int length, long scaled, long from, int margin) {
        PilResize.Axis axis(int size) {
            return new PilResize.Axis(length, scaled, from, (int) Math.min(size, scaled));
        }
    }

    private Span span(int length, int shorter) {
        long scaled = (long) ((double) settings.resize() * length / shorter);
        return new Span(length, scaled, settings.centering().begin(Math.max(0, scaled - size())),
                (int) Math.max(0, (size() - scaled + 1) / 2));
    }
}
