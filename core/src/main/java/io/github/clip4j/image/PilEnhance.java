package io.github.clip4j.image;

/**
 * Changes of an image's colours, bit for bit as the classes of Pillow's {@code ImageEnhance}. Each 8-bit value v becomes
 * {@code d + factor (v - d)} in float arithmetic, cut to an integer and clipped to 0..255, where d is what factor 0
 * gives; factor 1 changes nothing. Sources: {@code ImageEnhance.py} and {@code src/libImaging/Blend.c} of Pillow 12.3.
 */
public final class PilEnhance {
    private PilEnhance() {}

    /** {@code ImageEnhance.Brightness}: d is black. */
    public static RgbImage brightness(RgbImage image, float factor) {
        return awayFrom(0, image, factor);
    }

    /** {@code ImageEnhance.Contrast}: d is the mean gray of the image, rounded. */
    public static RgbImage contrast(RgbImage image, float factor) {
        byte[] pixels = image.pixels();
        long sum = 0;
        for (int p = 0; p < pixels.length; p += 3) {
            sum += gray(pixels, p);
        }
        return awayFrom((int) (sum / (pixels.length / 3.0) + 0.5), image, factor);
    }

    /** {@code ImageEnhance.Color}: d is the gray of the pixel. */
    public static RgbImage saturation(RgbImage image, float factor) {
        byte[] pixels = image.pixels();
        byte[] result = new byte[pixels.length];
        for (int p = 0; p < pixels.length; p += 3) {
            int gray = gray(pixels, p);
            for (int c = 0; c < 3; c++) {
                result[p + c] = blend(gray, pixels[p + c] & 0xff, factor);
            }
        }
        return new RgbImage(image.width(), image.height(), result);
    }

    private static RgbImage awayFrom(int d, RgbImage image, float factor) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = blend(d, v, factor);
        }
        byte[] pixels = image.pixels();
        byte[] result = new byte[pixels.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = table[pixels[i] & 0xff];
        }
        return new RgbImage(image.width(), image.height(), result);
    }

    private static byte blend(int d, int v, float factor) {
        return (byte) Math.clamp((int) (d + factor * (v - d)), 0, 255);
    }

    /** {@code 0.299 R + 0.587 G + 0.114 B} of the pixel at p, in 16-bit fixed point ({@code Convert.c} of Pillow). */
    private static int gray(byte[] pixels, int p) {
        return 19595 * (pixels[p] & 0xff) + 38470 * (pixels[p + 1] & 0xff) + 7471 * (pixels[p + 2] & 0xff)
                + (1 << 15) >> 16;
    }
}
