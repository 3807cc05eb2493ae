package io.github.clip4j.train.data;

import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.PilEnhance;
import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import java.util.random.RandomGenerator;

/** Draws and applies an {@link Augmentation}: from a decoded image to the square that the model sees, in 8 bits. */
final class Augmenter {
    private static final int CROP_TRIES = 10;

    private final Augmentation settings;
    private final ImagePreprocessor preprocessor;

    Augmenter(Augmentation settings, ImagePreprocessor preprocessor) {
        this.settings = settings;
        this.preprocessor = preprocessor;
    }

    RgbImage apply(RgbImage image, RandomGenerator random) {
        return jitter(orient(crop(image, random), random), random);
    }

    private RgbImage crop(RgbImage image, RandomGenerator random) {
        if (settings.crop() == null) {
            return preprocessor.crop(image);
        }
        int size = preprocessor.size();
        return PilResize.resize(cut(image, box(image.width(), image.height(), settings.crop(), random)), size, size);
    }

    /** Columns {@code [x, x + width)} and rows {@code [y, y + height)} of an image. */
    record Box(int x, int y, int width, int height) {}

    /**
     * Where to crop. A rectangle that does not fit is drawn again; after ten, it is the largest in the centre whose
     * aspect ratio is in range.
     */
    static Box box(int width, int height, Augmentation.RandomCrop crop, RandomGenerator random) {
        for (int i = 0; i < CROP_TRIES; i++) {
            double area = uniform(crop.minArea(), crop.maxArea(), random) * width * height;
            double aspect = Math.exp(uniform(Math.log(crop.minAspect()), Math.log(crop.maxAspect()), random));
            int w = (int) Math.rint(Math.sqrt(area * aspect));
            int h = (int) Math.rint(Math.sqrt(area / aspect));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                int y = random.nextInt(height - h + 1);
                return new Box(random.nextInt(width - w + 1), y, w, h);
            }
        }
        int w = (int) Math.clamp(Math.rint(height * crop.maxAspect()), 1, width);
        int h = (int) Math.clamp(Math.rint(width / crop.minAspect()), 1, height);
        return new Box((width - w) / 2, (height - h) / 2, w, h);
    }

    static RgbImage cut(RgbImage image, Box box) {
        byte[] pixels = new byte[3 * box.width * box.height];
        for (int y = 0; y < box.height; y++) {
            System.arraycopy(image.pixels(), 3 * ((box.y + y) * image.width() + box.x), pixels, 3 * y * box.width,
                    3 * box.width);
        }
        return new RgbImage(box.width, box.height, pixels);
    }

    private RgbImage orient(RgbImage square, RandomGenerator random) {
        boolean left = settings.horizontalFlip() && random.nextBoolean();
        boolean up = settings.verticalFlip() && random.nextBoolean();
        return orient(square, left, up, settings.quarterTurns() ? random.nextInt(4) : 0);
    }

    /** Flips a square left to right, then top to bottom, then turns it counterclockwise by quarters. */
    static RgbImage orient(RgbImage square, boolean leftRight, boolean topBottom, int quarterTurns) {
        if (!leftRight && !topBottom && quarterTurns == 0) {
            return square;
        }
        boolean transposed = quarterTurns % 2 == 1;
        // a turn by one quarter is the transpose flipped left to right, by two both flips, by three the other
        boolean flipX = leftRight ^ (quarterTurns == 1 || quarterTurns == 2);
        boolean flipY = topBottom ^ quarterTurns >= 2;
        int size = square.width();
        byte[] pixels = new byte[square.pixels().length];
        for (int y = 0, p = 0; y < size; y++) {
            for (int x = 0; x < size; x++, p += 3) {
                int fromX = transposed ? y : x;
                int fromY = transposed ? x : y;
                int from = (flipY ? size - 1 - fromY : fromY) * size + (flipX ? size - 1 - fromX : fromX);
                pixels[p] = square.pixels()[3 * from];
                pixels[p + 1] = square.pixels()[3 * from + 1];
                pixels[p + 2] = square.pixels()[3 * from + 2];
            }
        }
        return new RgbImage(size, size, pixels);
    }

    private RgbImage jitter(RgbImage image, RandomGenerator random) {
        RgbImage result = image;
        if (settings.brightness() > 0) {
            result = PilEnhance.brightness(result, factor(settings.brightness(), random));
        }
        if (settings.contrast() > 0) {
            result = PilEnhance.contrast(result, factor(settings.contrast(), random));
        }
        if (settings.saturation() > 0) {
            result = PilEnhance.saturation(result, factor(settings.saturation(), random));
        }
        return result;
    }

    private static float factor(double jitter, RandomGenerator random) {
        return (float) uniform(Math.max(0, 1 - jitter), 1 + jitter, random);
    }

    private static double uniform(double low, double high, RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }
}
