package io.github.clip4j.bench;

import io.github.clip4j.kernels.Sequences;
import io.github.clip4j.model.MultiplyAdds;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@code softmax(Q Kᵀ / sqrt(headDim)) V} of both towers. */
public class Attention extends KernelBenchmark {
    private static final int HEAD_DIM = 64;

    /** Sequences, tokens of each, hidden size: 1 and 32 images, then texts. */
    @Param({"1x50x768", "32x50x768", "1x12x512", "32x12x512", "1x77x512", "32x77x512"})
    public String shape;

    private Sequences sequences;
    private int length;
    private int hidden;
    private boolean causal;
    private float[] qkv;
    private float[] out;

    @Setup
    public void setUp() {
        int[] sizes = sizes(shape);
        length = sizes[1];
        sequences = Sequences.equal(sizes[0], length);
        hidden = sizes[2];
        causal = hidden == 512; // the text tower's
        int tokens = sizes[0] * sizes[1];
        openKernels();
        qkv = uniform(1, tokens * 3 * hidden);
        out = new float[tokens * hidden];
        float[] expected = new float[out.length];
        oracle.attention(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, expected);
        kernels.attention(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, out);
        Check.near("attention of " + shape, expected, out, 1e-5);
    }

    /** Both products are counted, for the pairs of tokens that see each other, and not the softmax. */
    @Benchmark
    public float[] attend(Flops flops) {
        kernels.attention(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, out);
        flops.gflop += 4e-9 * hidden * sequences.count() * MultiplyAdds.pairs(length, causal);
        return out;
    }
}
