package io.github.clip4j.bench;

import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.image.RgbImage;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decoded images to the crop of 224 x 224 pixels that the model sees, bicubic, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Resize {
    /** Width and height. */
    @Param({"150x150", "640x480", "4000x3000"})
    public String size;

    private ImagePreprocessor preprocessor;
    private RgbImage image;

    @Setup
    public void setUp() {
        int[] sides = Stream.of(size.split("x")).mapToInt(Integer::parseInt).toArray();
        Random random = new Random(1);
        byte[] pixels = new byte[3 * sides[0] * sides[1]];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(64, 192); // so that no overshoot leaves 0..255, which would be clipped
        }
        preprocessor = new ImagePreprocessor(Preprocessing.CLIP);
        image = new RgbImage(sides[0], sides[1], pixels);
        check(preprocessor.crop(image));
    }

    /** A sample of the values, in float64. */
    private void check(RgbImage crop) {
        Random random = new Random(2);
        for (int sample = 0; sample < 200; sample++) {
            int x = random.nextInt(crop.width());
            int y = random.nextInt(crop.height());
            int channel = random.nextInt(3);
            double expected = expected(weights(image.width(), crop.width(), x),
                    weights(image.height(), crop.height(), y),
                    channel);
            int found = crop.pixels()[3 * (y * crop.width() + x) + channel] & 0xff;
            // rounded to 8 bits after each pass; the second pass weighs the first's errors by at most 1.4 in all
            Check.near("value at " + x + ", " + y + " of " + size, expected, found, 0.5 + 1.4 * 0.5);
        }
    }

    private double expected(double[] columns, double[] rows, int channel) {
        double sum = 0;
        for (int v = 0; v < rows.length; v++) {
            for (int u = 0; u < columns.length && rows[v] != 0; u++) {
                sum += rows[v] * columns[u] * (image.pixels()[3 * (v * image.width() + u) + channel] & 0xff);
            }
        }
        return sum;
    }

    /**
     * Keys' cubic convolution, stretched by the scale: the share of each of {@code in} pixels in pixel i of the crop.
     */
    private double[] weights(int in, int crop, int i) {
        int out = crop * in / Math.min(image.width(), image.height());
        double scale = (double) in / out;
        int left = (out - crop) / 2;
        double[] weights = new double[in];
        double sum = 0;
        for (int u = 0; u < in; u++) {
            double d = Math.abs(u + 0.5 - (left + i + 0.5) * scale) / Math.max(scale, 1);
            weights[u] = d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
            sum += weights[u];
        }
        for (int u = 0; u < in; u++) {
            weights[u] /= sum;
        }
        return weights;
    }

    @State(Scope.Thread)
    @AuxCounters
    public static class Images {
        public double images;
    }

    @Benchmark
    public RgbImage crop(Images count) {
        count.images++;
        return preprocessor.crop(image);
    }
}
