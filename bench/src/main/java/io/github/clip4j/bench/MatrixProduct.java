package io.github.clip4j.bench;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@code C = A · Wᵀ + b} with the weights of ViT-B/32's layers: QKV, attention output, and the two of the MLP. */
public class MatrixProduct extends KernelBenchmark {
    /** Rows of A, rows of W, length of a sum: 1 and 32 images, then texts of 7, 20 and 77 tokens. */
    @Param({"50x2304x768", "50x768x768", "50x3072x768", "50x768x3072", //
            "1600x2304x768", "1600x768x768", "1600x3072x768", "1600x768x3072", //
            "7x1536x512", "7x512x512", "7x2048x512", "7x512x2048", //
            "20x1536x512", "20x512x512", "20x2048x512", "20x512x2048", //
            "77x1536x512", "77x512x512", "77x2048x512", "77x512x2048"})
    public String shape;

    private int m;
    private int n;
    private int k;
    private float[] a;
    private PackedMatrix w;
    private float[] bias;
    private float[] c;

    @Setup
    public void setUp() {
        int[] sizes = sizes(shape);
        m = sizes[0];
        n = sizes[1];
        k = sizes[2];
        openKernels();
        a = uniform(1, m * k);
        float[] rows = uniform(2, n * k);
        w = kernels.pack(n, k, RowReader.of(rows, k));
        bias = uniform(3, n);
        c = new float[m * n];
        kernels.multiply(a, m, w, bias, Epilogue.NONE, c);
        check(rows);
    }

    /** A sample of the elements, in float64. */
    private void check(float[] rows) {
        Random random = new Random(4);
        for (int sample = 0; sample < 1000; sample++) {
            int i = random.nextInt(m);
            int j = random.nextInt(n);
            double sum = bias[j];
            double magnitude = Math.abs(sum);
            for (int p = 0; p < k; p++) {
                double product = (double) a[i * k + p] * rows[j * k + p];
                sum += product;
                magnitude += Math.abs(product);
            }
            // k + 1 roundings, each of at most half an ulp of the terms' magnitudes
            double bound = (k + 1) * Math.ulp(1f) / 2 * magnitude;
            Check.near("C[" + i + ", " + j + "] of " + shape, sum, c[i * n + j], bound);
        }
    }

    @Benchmark
    public float[] multiply(Flops flops) {
        kernels.multiply(a, m, w, bias, Epilogue.NONE, c);
        flops.gflop += 2e-9 * m * n * k;
        return c;
    }
}
