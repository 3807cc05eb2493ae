package io.github.clip4j.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Layer norm of both towers' tokens. */
public class LayerNorm extends KernelBenchmark {
    private static final float EPSILON = 1e-5f;

    /** Tokens, hidden size: 1 and 32 images, then texts of 12 and 77 tokens. */
    @Param({"50x768", "1600x768", "12x512", "77x512"})
    public String shape;

    private int tokens;
    private float[] x;
    private float[] weight;
    private float[] bias;
    private float[] y;

    @Setup
    public void setUp() {
        int[] sizes = sizes(shape);
        tokens = sizes[0];
        int hidden = sizes[1];
        openKernels();
        x = uniform(1, tokens * hidden);
        weight = uniform(2, hidden);
        bias = uniform(3, hidden);
        y = new float[x.length];
        float[] expected = new float[x.length];
        oracle.layerNorm(x, tokens, weight, bias, EPSILON, expected);
        kernels.layerNorm(x, tokens, weight, bias, EPSILON, y);
        Check.near("layer norm of " + shape, expected, y, 1e-5);
    }

    /** Eight operations an element: one for the mean, three for the variance, four for the result. */
    @Benchmark
    public float[] normalize(Flops flops) {
        kernels.layerNorm(x, tokens, weight, bias, EPSILON, y);
        flops.gflop += 8e-9 * x.length;
        return y;
    }
}
