package io.github.clip4j.bench;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.PackedMatrix;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@code dX = dY · W} with the weights of ViT-B/32's layers, which are packed again in every step of a training. */
public class InputGradient extends KernelBenchmark {
    /** Rows of dY, rows of W, columns of W: 32 images. */
    @Param({"1600x2304x768", "1600x768x768", "1600x3072x768", "1600x768x3072"})
    public String shape;

    private int m;
    private int n;
    private int k;
    private float[] dy;
    private float[] w;
    private float[] dx;

    @Setup
    public void setUp() {
        int[] sizes = sizes(shape);
        m = sizes[0];
        n = sizes[1];
        k = sizes[2];
        openKernels();
        dy = uniform(1, m * n);
        w = uniform(2, n * k);
        dx = new float[m * k];
        packAndMultiply();
        check();
    }

    /** A sample of the elements, in float64. */
    private void check() {
        Random random = new Random(3);
        for (int sample = 0; sample < 1000; sample++) {
            int i = random.nextInt(m);
            int j = random.nextInt(k);
            double sum = 0;
            double magnitude = 0;
            for (int p = 0; p < n; p++) {
                double product = (double) dy[i * n + p] * w[p * k + j];
                sum += product;
                magnitude += Math.abs(product);
            }
            // n roundings, each of at most half an ulp of the terms' magnitudes
            Check.near("dX[" + i + ", " + j + "] of " + shape, sum, dx[i * k + j],
                    n * Math.ulp(1f) / 2 * magnitude);
        }
    }

    private void packAndMultiply() {
        PackedMatrix packed = kernels.packTransposed(w, n, k);
        kernels.multiply(dy, m, packed, null, Epilogue.NONE, dx);
    }

    @Benchmark
    public float[] gradient(Flops flops) {
        packAndMultiply();
        flops.gflop += 2e-9 * m * n * k;
        return dx;
    }
}
