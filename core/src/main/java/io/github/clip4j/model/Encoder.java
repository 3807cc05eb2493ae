package io.github.clip4j.model;

import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The stack of pre-norm transformer blocks that both towers have (Radford et al. 2021, section 2.4). */
final class Encoder {
    private final Kernels kernels;
    private final TowerConfig config;
    private final String name;
    private final boolean causal;
    private final List<Block> blocks = new ArrayList<>();
    /** Of calls that have ended; as many as ran at once, which the kernels' threads bound. */
    private final Deque<Buffers> spare = new ConcurrentLinkedDeque<>();

    /** @param name of the tower in traces, "vision" or "text" */
    Encoder(Kernels kernels, TowerConfig config, String name, boolean causal, Weights weights) {
        this.kernels = kernels;
        this.config = config;
        this.name = name;
        this.causal = causal;
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(Block.load(weights.at("layers." + i + "."), config));
        }
    }

    private record Block(LayerNorm norm1, Linear qkv, Linear out, LayerNorm norm2, Linear fc1, Linear fc2) {
        static Block load(Weights weights, TowerConfig config) {
            int hidden = config.hidden();
            Weights attention = weights.at("self_attn.");
            return new Block(weights.layerNorm("layer_norm1", hidden, config.epsilon()),
                    attention.stacked(List.of("q_proj", "k_proj", "v_proj"), hidden, hidden),
                    attention.linear("out_proj", hidden, hidden),
                    weights.layerNorm("layer_norm2", hidden, config.epsilon()),
                    weights.linear("mlp.fc1", config.intermediate(), hidden),
                    weights.linear("mlp.fc2", hidden, config.intermediate()));
        }
    }

    /**
     * Runs the blocks. After the last attention only one token of each sequence is wanted, so the last block goes on
     * with these alone, unless a trace asks for all.
     *
     * @param x [tokens, hidden]; changed
     * @param pooled the token of each sequence that is wanted, counted from its first own one
     * @return [sequences, hidden]
     */
    float[] apply(float[] x, Sequences sequences, int[] pooled, Trace trace) {
        int tokens = sequences.tokens();
        Buffers buffers = spare.poll();
        if (buffers == null || buffers.tokens < tokens) {
            buffers = new Buffers(tokens, config);
        }
        try {
            return apply(x, sequences, pooled, buffers, trace);
        } finally {
            spare.push(buffers);
        }
    }

    private float[] apply(float[] x, Sequences sequences, int[] pooled, Buffers buffers, Trace trace) {
        trace.stage(name + ".hidden_states.0", x, config.hidden());
        for (int i = 0; i < blocks.size() - 1; i++) {
            apply(blocks.get(i), x, sequences, null, buffers);
            trace.stage(name + ".hidden_states." + (i + 1), x, config.hidden());
        }
        if (trace == Trace.NONE) {
            return apply(blocks.getLast(), x, sequences, pooled, buffers);
        }
        apply(blocks.getLast(), x, sequences, null, buffers);
        trace.stage(name + ".hidden_states." + blocks.size(), x, config.hidden());
        return sequences.rows(x, pooled, config.hidden());
    }

    /** What a block computes on the way to its result, used again by the next, and by the next call. */
    private record Buffers(int tokens, float[] normal, float[] qkv, float[] attended, float[] mlp) {
        Buffers(int tokens, TowerConfig config) {
            this(tokens, new float[tokens * config.hidden()], new float[tokens * 3 * config.hidden()],
                    new float[tokens * config.hidden()], new float[tokens * config.intermediate()]);
        }
    }

    /**
     * One block: {@code x = x + attention(norm1(x)); x = x + mlp(norm2(x))}.
     *
     * @param queries the token of each sequence to go on with after the attention, or null for all tokens
     * @return x, changed, or new rows for the queries
     */
    private float[] apply(Block block, float[] x, Sequences sequences, int[] queries, Buffers buffers) {
        int tokens = x.length / config.hidden();
        block.norm1.apply(kernels, x, tokens, buffers.normal); // [tokens, hidden]
        multiply(buffers.normal, tokens, block.qkv, Epilogue.NONE, buffers.qkv); // [tokens, 3 hidden]
        float[] y = x; // [rows, hidden]
        if (queries == null) {
            kernels.attention(buffers.qkv, sequences, config.heads(), config.headDim(), causal, buffers.attended);
        } else {
            y = sequences.rows(x, queries, config.hidden());
            kernels.attentionOf(queries, buffers.qkv, sequences, config.heads(), config.headDim(), causal,
                    buffers.attended);
        }
        int rows = y.length / config.hidden();
        Epilogue residual = new Epilogue.Add(y);
        multiply(buffers.attended, rows, block.out, residual, y); // [rows, hidden]

        block.norm2.apply(kernels, y, rows, buffers.normal); // [rows, hidden]
        multiply(buffers.normal, rows, block.fc1, new Epilogue.Activate(config.activation()), buffers.mlp);
        multiply(buffers.mlp, rows, block.fc2, residual, y); // [rows, hidden]
        return y;
    }

    private void multiply(float[] a, int rows, Linear layer, Epilogue epilogue, float[] c) {
        kernels.multiply(a, rows, layer.weight(), layer.bias(), epilogue, c);
    }
}
