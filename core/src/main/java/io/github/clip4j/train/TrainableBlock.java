package io.github.clip4j.train;

import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;

/** A pre-norm transformer block: {@code y = x + attention(norm1(x)); z = y + mlp(norm2(y))}. */
final class TrainableBlock {
    private final Kernels kernels;
    private final TowerConfig config;
    private final boolean causal;
    private final TrainableLayerNorm norm1;
    private final TrainableLinear qkv;
    private final TrainableLinear out;
    private final TrainableLayerNorm norm2;
    private final TrainableLinear fc1;
    private final TrainableLinear fc2;

    TrainableBlock(Kernels kernels, TowerConfig config, boolean causal, Layers layers) {
        this.kernels = kernels;
        this.config = config;
        this.causal = causal;
        this.norm1 = layers.layerNorm("layer_norm1", config.epsilon());
        this.qkv = layers.at("self_attn.").linear("q_proj", "k_proj", "v_proj");
        this.out = layers.at("self_attn.").linear("out_proj");
        this.norm2 = layers.layerNorm("layer_norm2", config.epsilon());
        this.fc1 = layers.at("mlp.").linear("fc1");
        this.fc2 = layers.at("mlp.").linear("fc2");
    }

    /**
     * The tokens that go through a block.
     *
     * @param queries the token of each sequence to go on with after the attention, counted from its first; null for all
     */
    record Tokens(Sequences sequences, int[] queries) {
        /** Rows after the attention. */
        int rows() {
            return queries == null ? sequences.tokens() : sequences.count();
        }
    }

    /**
     * What backward needs of forward; what is cheap to compute again is not in it.
     *
     * @param qkv [tokens, 3 hidden]
     * @param attended [rows, hidden]
     * @param y [rows, hidden], after the attention
     * @param mlp [rows, intermediate], before the activation
     * @param z [rows, hidden], the result
     */
    record Activations(float[] qkv, float[] attended, float[] y, float[] mlp, float[] z) {
        Activations(int tokens, int rows, TowerConfig config) {
            this(new float[tokens * 3 * config.hidden()], new float[rows * config.hidden()],
                    new float[rows * config.hidden()], new float[rows * config.intermediate()],
                    new float[rows * config.hidden()]);
        }
    }

    /** What only the computation of a block needs, used again by the next one. */
    record Scratch(float[] normal, float[] activated, float[] dMlp, float[] dNormal, float[] dAttended, float[] dQkv) {
        Scratch(int tokens, TowerConfig config) {
            this(new float[tokens * config.hidden()], new float[tokens * config.intermediate()],
                    new float[tokens * config.intermediate()], new float[tokens * config.hidden()],
                    new float[tokens * config.hidden()], new float[tokens * 3 * config.hidden()]);
        }
    }

    /** x [tokens, hidden]; the results are in {@code a}. */
    void forward(float[] x, Tokens tokens, Activations a, Scratch scratch) {
        int all = tokens.sequences.tokens();
        int rows = tokens.rows();
        norm1.forward(x, all, scratch.normal); // [tokens, hidden]
        qkv.forward(scratch.normal, all, Epilogue.NONE, a.qkv); // [tokens, 3 hidden]
        float[] residual = x; // [rows, hidden]
        if (tokens.queries == null) {
            kernels.attention(a.qkv, tokens.sequences, config.heads(), config.headDim(), causal, a.attended);
        } else {
            residual = tokens.sequences.rows(x, tokens.queries, config.hidden());
            kernels.attentionOf(tokens.queries, a.qkv, tokens.sequences, config.heads(), config.headDim(), causal,
                    a.attended);
        }
        out.forward(a.attended, rows, new Epilogue.Add(residual), a.y); // [rows, hidden]

        norm2.forward(a.y, rows, scratch.normal); // [rows, hidden]
        fc1.forward(scratch.normal, rows, Epilogue.NONE, a.mlp); // [rows, intermediate]
        activate(a.mlp, rows, scratch.activated); // [rows, intermediate]
        fc2.forward(scratch.activated, rows, new Epilogue.Add(a.y), a.z); // [rows, hidden]
    }

    /**
     * Adds the gradients of the parameters to theirs.
     *
     * @param x [tokens, hidden], the input of forward
     * @param d [rows, hidden], the gradient of its result; changed
     * @param observer sees the gradient of the attention
     * @return the gradient of its input: d itself if all tokens went on, a new array otherwise
     */
    float[] backward(float[] x, Tokens tokens, Activations a, Scratch scratch, float[] d,
            AttentionGradients observer) {
        int all = tokens.sequences.tokens();
        int rows = tokens.rows();
        norm2.forward(a.y, rows, scratch.normal); // [rows, hidden]
        activate(a.mlp, rows, scratch.activated); // [rows, intermediate]
        fc2.backward(scratch.activated, rows, d, scratch.dMlp); // [rows, intermediate]
        kernels.activateGradient(config.activation(), a.mlp, scratch.dMlp, rows * config.intermediate());
        fc1.backward(scratch.normal, rows, scratch.dMlp, scratch.dNormal); // [rows, hidden]
        norm2.backward(a.y, rows, scratch.dNormal, d); // [rows, hidden]; d is that of y from here on

        out.backward(a.attended, rows, d, scratch.dAttended); // [rows, hidden]
        observer.see(a.qkv, tokens, scratch.dAttended);
        if (tokens.queries == null) {
            kernels.attentionGradient(a.qkv, tokens.sequences, config.heads(), config.headDim(), causal,
                    scratch.dAttended, scratch.dQkv);
        } else {
            kernels.attentionOfGradient(tokens.queries, a.qkv, tokens.sequences, config.heads(), config.headDim(),
                    causal, scratch.dAttended, scratch.dQkv);
        }
        norm1.forward(x, all, scratch.normal); // [tokens, hidden]
        qkv.backward(scratch.normal, all, scratch.dQkv, scratch.dNormal); // [tokens, hidden]
        float[] dx = tokens.queries == null ? d : spread(d, tokens); // [tokens, hidden]
        norm1.backward(x, all, scratch.dNormal, dx); // [tokens, hidden]
        return dx;
    }

    private void activate(float[] x, int rows, float[] y) {
        kernels.activate(config.activation(), x, rows * config.intermediate(), y);
    }

    /** Rows of the queries at their places, zeros elsewhere: [tokens, hidden]. */
    private float[] spread(float[] d, Tokens tokens) {
        float[] all = new float[tokens.sequences.tokens() * config.hidden()];
        int start = 0;
        for (int s = 0; s < tokens.queries.length; s++) {
            System.arraycopy(d, s * config.hidden(), all, (start + tokens.queries[s]) * config.hidden(),
                    config.hidden());
            start += tokens.sequences.lengths()[s];
        }
        return all;
    }
}
