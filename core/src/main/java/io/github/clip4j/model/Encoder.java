package io.github.clip4j.model;

import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The stack of pre-norm transformer blocks that both towers have (Radford et al. 2021, section 2.4). */
final class Encoder {
    private final Kernels kernels;
    private final TowerConfig config;
    private final String name;
    private final boolean causal;
    private final List<Block> blocks = new ArrayList<>();

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
     * Runs the blocks in place.
     *
     * @param x [tokens, hidden], sequences one after the other
     * @param lengths tokens of each sequence
     */
    void apply(float[] x, int[] lengths, Trace trace) {
        int tokens = Arrays.stream(lengths).sum();
        int hidden = config.hidden();
        Epilogue activation = new Epilogue.Activate(config.activation());
        Epilogue residual = new Epilogue.Add(x);
        float[] normal = new float[tokens * hidden];
        float[] qkv = new float[tokens * 3 * hidden];
        float[] attended = new float[tokens * hidden];
        float[] mlp = new float[tokens * config.intermediate()];

        trace.stage(name + ".hidden_states.0", x, hidden);
        int layer = 0;
        for (Block block : blocks) {
            block.norm1.apply(kernels, x, tokens, normal); // [tokens, hidden]
            multiply(normal, tokens, block.qkv, Epilogue.NONE, qkv); // [tokens, 3 hidden]
            kernels.attention(qkv, lengths, config.heads(), config.headDim(), causal, attended); // [tokens, hidden]
            multiply(attended, tokens, block.out, residual, x); // [tokens, hidden]

            block.norm2.apply(kernels, x, tokens, normal); // [tokens, hidden]
            multiply(normal, tokens, block.fc1, activation, mlp); // [tokens, intermediate]
            multiply(mlp, tokens, block.fc2, residual, x); // [tokens, hidden]
            trace.stage(name + ".hidden_states." + ++layer, x, hidden);
        }
    }

    private void multiply(float[] a, int rows, Linear layer, Epilogue epilogue, float[] c) {
        kernels.multiply(a, rows, layer.weight(), layer.bias(), epilogue, c);
    }
}
