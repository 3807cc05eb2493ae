package io.github.clip4j.bench;

import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@code dW += dYᵀ · X} with the weights of ViT-B/32's layers and of a small model's. */
public class WeightGradient extends KernelBenchmark {
    /** Rows of dY and X, rows of W, columns of W: 32 images, 32 texts of 32 tokens, then 64 images of a small model. */
    @Param({"1600x2304x768", "1600x768x768", "1600x3072x768", "1600x768x3072", //
            "1024x1536x512", "1024x512x512", "1024x2048x512", "1024x512x2048", //
            "3200x576x192", "3200x192x192", "3200x768x192", "3200x192x768"})
    public String shape;

    private int m;
    private int n;
    private int k;
    private float[] dy;
    private float[] x;
    private float[] dw;
    private float[] db;

    @Setup
    public void setUp() {
        int[] sizes = sizes(shape);
        m = sizes[0];
        n = sizes[1];
        k = sizes[2];
        openKernels();
        dy = uniform(1, m * n);
        x = uniform(2, m * k);
        dw = new float[n * k];
        db = new float[n];
        kernels.weightGradient(dy, x, m, n, k, dw, db);
        check();
    }

    /** A sample of the elements, in float64. */
    private void check() {
        Random random = new Random(3);
        for (int sample = 0; sample < 1000; sample++) {
            int i = random.nextInt(n);
            int j = random.nextInt(k);
            double sum = 0;
            double magnitude = 0;
            double column = 0;
            for (int r = 0; r < m; r++) {
                double product = (double) dy[r * n + i] * x[r * k + j];
                sum += product;
                magnitude += Math.abs(product);
                column += dy[r * n + i];
            }
            // m + 1 roundings, each of at most half an ulp of the terms' magnitudes, which for db are up to 1
            double rounding = (m + 1) * Math.ulp(1f) / 2;
            Check.near("dW[" + i + ", " + j + "] of " + shape, sum, dw[i * k + j], rounding * magnitude);
            Check.near("db[" + i + "] of " + shape, column, db[i], rounding * m);
        }
    }

    @Benchmark
    public float[] gradient(Flops flops) {
        kernels.weightGradient(dy, x, m, n, k, dw, db);
        flops.gflop += 2e-9 * m * n * k;
        return dw;
    }
}
