package io.github.clip4j.bench;

import io.github.clip4j.kernels.Sequences;
import io.github.clip4j.model.MultiplyAdds;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The gradient of {@link Attention}. */
public class AttentionGradient extends KernelBenchmark {
    private static final int HEAD_DIM = 64;

    /** Sequences, tokens of each, hidden size: 32 images, then texts. */
    @Param({"32x50x768", "32x12x512", "32x32x512", "32x77x512"})
    public String shape;

    private Sequences sequences;
    private int length;
    private int hidden;
    private boolean causal;
    private float[] qkv;
    private float[] dOut;
    private float[] dQkv;

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
        dOut = uniform(2, tokens * hidden);
        dQkv = new float[qkv.length];
        float[] expected = new float[qkv.length];
        oracle.attentionGradient(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, dOut, expected);
        kernels.attentionGradient(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, dOut, dQkv);
        Check.near("gradient of the attention of " + shape, expected, dQkv, 1e-5);
    }

    /** The five products are counted, for the pairs of tokens that see each other, and not the softmax. */
    @Benchmark
    public float[] gradient(Flops flops) {
        kernels.attentionGradient(qkv, sequences, hidden / HEAD_DIM, HEAD_DIM, causal, dOut, dQkv);
        flops.gflop += 1e-8 * hidden * sequences.count() * MultiplyAdds.pairs(length, causal);
        return dQkv;
    }
}
