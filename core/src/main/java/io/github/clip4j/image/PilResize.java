package io.github.clip4j.image;

import java.util.Arrays;

/**
 * Bicubic resizing, bit for bit as Pillow's {@code Image.resize(size, BICUBIC)}.
 * <p>
 * Each axis is a weighted sum over a window of the input: with {@code scale = in / out} and
 * {@code s = max(scale, 1)}, output i is centred on {@code c = (i + 0.5) scale}, input x has the weight
 * {@code cubic((x + 0.5 - c) / s)}, and the weights are divided by their sum. They are rounded to fixed point with 22
 * bits of fraction. The result of the first pass is rounded to 8 bits. The horizontal pass comes first, but in an image
 * more than 100 times as high as wide that becomes lower, the vertical one. Sources: {@code src/libImaging/Resample.c}
 * and {@code Image.resize} of Pillow 12.3.
 */
public final class PilResize {
    private static final int FRACTION_BITS = 22;
    private static final long TALL = 100;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private PilResize() {}

    /**
     * The image scaled to {@code width} times {@code height} pixels.
     *
     * @throws IllegalArgumentException if a side is not positive or the result has more than 2^31 - 1 bytes
     */
    public static RgbImage resize(RgbImage image, int width, int height) {
        if (width < 1 || height < 1 || 3L * width * height > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("cannot resize an image to %d x %d pixels".formatted(width, height));
        }
        return resize(image, new Axis(image.width(), width, 0, width), new Axis(image.height(), height, 0, height));
    }

    /** Only the part of the scaled image that the axes' windows select. */
    static RgbImage resize(RgbImage image, Axis columns, Axis rows) {
        int width = image.width();
        byte[] result;
        if (image.height() > TALL * width && rows.shrinks) {
            byte[] low = vertical(image.pixels(), rows, 0, 3 * width);
            result = horizontal(low, width, columns, 0, rows.count);
        } else {
            int top = rows.start[0];
            byte[] narrow = horizontal(image.pixels(), width, columns, top, rows.end(rows.count - 1));
            result = vertical(narrow, rows, top, 3 * columns.count);
        }
        return new RgbImage(columns.count, rows.count, result);
    }

    /** Rows {@code [top, bottom)} of an image of {@code width} pixels, with the columns of the result. */
    private static byte[] horizontal(byte[] in, int width, Axis columns, int top, int bottom) {
        byte[] out = new byte[Math.multiplyExact(3 * columns.count, bottom - top)];
        int o = 0;
        for (int y = top; y < bottom; y++) {
            int row = 3 * y * width;
            for (int x = 0; x < columns.count; x++) {
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                int p = row + 3 * columns.start[x];
                for (int w = columns.firstWeight[x]; w < columns.firstWeight[x + 1]; w++) {
                    int weight = columns.weights[w];
                    red += weight * (in[p] & 0xff);
                    green += weight * (in[p + 1] & 0xff);
                    blue += weight * (in[p + 2] & 0xff);
                    p += 3;
                }
                out[o++] = clip(red);
                out[o++] = clip(green);
                out[o++] = clip(blue);
            }
        }
        return out;
    }

    /** The rows of the result from rows of {@code stride} bytes, of which the first is row {@code top} of the image. */
    private static byte[] vertical(byte[] in, Axis rows, int top, int stride) {
        byte[] out = new byte[Math.multiplyExact(stride, rows.count)];
        int[] sums = new int[stride];
        for (int y = 0; y < rows.count; y++) {
            Arrays.fill(sums, HALF);
            int p = (rows.start[y] - top) * stride;
            for (int w = rows.firstWeight[y]; w < rows.firstWeight[y + 1]; w++) {
                int weight = rows.weights[w];
                for (int i = 0; i < stride; i++) {
                    sums[i] += weight * (in[p + i] & 0xff);
                }
                p += stride;
            }
            for (int i = 0; i < stride; i++) {
                out[y * stride + i] = clip(sums[i]);
            }
        }
        return out;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
    }

    /** Keys' cubic convolution kernel with a = -0.5. */
    private static double cubic(double x) {
        double a = -0.5;
        double d = Math.abs(x);
        if (d < 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
    }

    /** The weights of one axis: {@code count} outputs from output {@code from} of the {@code out} there are. */
    static final class Axis {
        private final int count;
        private final boolean shrinks;
        private final int[] start;
        private final int[] firstWeight;
        private final int[] weights;

        Axis(int in, long out, long from, int count) {
            this.count = count;
            shrinks = out < in;
            start = new int[count];
            firstWeight = new int[count + 1];
            double scale = (double) in / out;
            double stretch = Math.max(scale, 1);
            double support = 2 * stretch;
            weights = new int[Math.multiplyExact(count, 2 * (int) Math.ceil(support) + 1)];
            int n = 0;
            for (int i = 0; i < count; i++) {
                double center = (from + i + 0.5) * scale;
                start[i] = Math.max(0, (int) (center - support + 0.5));
                int end = Math.min(in, (int) (center + support + 0.5));
                n = weigh(weights, n, start[i], end, center, stretch);
                firstWeight[i + 1] = n;
            }
        }

        /** The input after the last of output i. */
        private int end(int i) {
            return start[i] + firstWeight[i + 1] - firstWeight[i];
        }

        /** Puts the weights of inputs {@code [start, end)} at {@code weights[n]} and gives the index after the last. */
        private static int weigh(int[] weights, int n, int start, int end, double center, double stretch) {
            double[] exact = new double[end - start];
            double sum = 0;
            double inverse = 1 / stretch;
            for (int x = 0; x < exact.length; x++) {
                exact[x] = cubic((x + start - center + 0.5) * inverse);
                sum += exact[x];
            }
            for (double weight : exact) {
                double fixed = weight / sum * (1 << FRACTION_BITS);
                weights[n++] = (int) (fixed + Math.copySign(0.5, fixed));
            }
            return n;
        }
    }
}
