package io.github.clip4j.train;

import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import io.github.clip4j.train.TrainableBlock.Activations;
import io.github.clip4j.train.TrainableBlock.Scratch;
import io.github.clip4j.train.TrainableBlock.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * What both towers have above their embeddings: the blocks, then layer norm and projection of one token per sequence.
 * Keeps what the backward of the last forward needs, in memory that the next one uses again.
 */
final class TrainableEncoder {
    private final Kernels kernels;
    private final TowerConfig config;
    private final List<TrainableBlock> blocks = new ArrayList<>();
    private final TrainableLayerNorm norm;
    private final TrainableLinear projection; // [projection, hidden]
    private final int projected;
    /** Index of the lowest block with a trained parameter; the number of blocks if there is none. */
    private final int lowestTrained;
    private final boolean normTrained;

    private final List<Activations> activations = new ArrayList<>(); // of each block
    private Scratch scratch;
    private int roomForTokens;
    private int roomForSequences;
    private float[] x; // [tokens, hidden], the last input
    private Tokens all;
    private Tokens pooled;

    /**
     * @param layers of the whole model
     * @param tower prefix of the tower's parameters
     * @param norm name of the layer norm of the pooled token
     */
    TrainableEncoder(Kernels kernels, TowerConfig config, boolean causal, Layers layers, String tower, String norm,
            String projection) {
        this.kernels = kernels;
        this.config = config;
        int lowest = config.layers();
        for (int i = 0; i < config.layers(); i++) {
            Layers block = layers.at(tower + "encoder.layers." + i + ".");
            blocks.add(new TrainableBlock(kernels, config, causal, block));
            lowest = block.trained() ? Math.min(lowest, i) : lowest;
        }
        this.lowestTrained = lowest;
        this.norm = layers.layerNorm(tower + norm, config.epsilon());
        this.normTrained = layers.at(tower + norm).trained();
        this.projection = layers.matrix(projection);
        this.projected = Math.toIntExact(layers.parameter(projection + ".weight").shape().getFirst());
    }

    /**
     * @param x [tokens, hidden]; to be left alone until backward
     * @param queries the token of each sequence that is projected, counted from its first
     * @return features [sequences, projection]
     */
    float[] forward(float[] x, Sequences sequences, int[] queries) {
        reserve(sequences.tokens(), sequences.count());
        this.x = x;
        this.all = new Tokens(sequences, null);
        this.pooled = new Tokens(sequences, queries);
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).forward(input(i), tokens(i), activations.get(i), scratch);
        }
        int n = sequences.count();
        norm.forward(activations.getLast().z(), n, scratch.normal()); // [n, hidden]
        float[] features = new float[n * projected];
        projection.forward(scratch.normal(), n, Epilogue.NONE, features); // [n, projection]
        return features;
    }

    private void reserve(int tokens, int sequences) {
        if (tokens <= roomForTokens && sequences <= roomForSequences) {
            return;
        }
        roomForTokens = Math.max(tokens, roomForTokens);
        roomForSequences = Math.max(sequences, roomForSequences);
        activations.clear(); // before there is more
        for (int i = 0; i < blocks.size() - 1; i++) {
            activations.add(new Activations(roomForTokens, roomForTokens, config));
        }
        activations.add(new Activations(roomForTokens, roomForSequences, config));
        scratch = new Scratch(roomForTokens, config);
    }

    /** What block i gets: [tokens, hidden]. */
    private float[] input(int i) {
        return i == 0 ? x : activations.get(i - 1).z();
    }

    /** After the last attention only the pooled token of each sequence is wanted. */
    private Tokens tokens(int i) {
        return i == blocks.size() - 1 ? pooled : all;
    }

    /**
     * Backward of the last forward: adds the gradients of the parameters to theirs.
     *
     * @param dFeatures [sequences, projection]
     * @param below whether anything below is trained
     * @return the gradient of x, [tokens, hidden], to be changed at will; null if nothing below is trained
     */
    float[] backward(float[] dFeatures, boolean below) {
        return backward(dFeatures, below, below ? 0 : lowestTrained, AttentionGradients.NONE);
    }

    /** Goes all the way back, for what can be seen on it. */
    void observe(float[] dFeatures, AttentionGradients observer) {
        backward(dFeatures, false, 0, observer);
    }

    private float[] backward(float[] dFeatures, boolean below, int lowest, AttentionGradients observer) {
        int n = pooled.rows();
        float[] z = activations.getLast().z(); // [n, hidden]
        boolean throughNorm = below || lowest < blocks.size() || normTrained;
        norm.forward(z, n, scratch.normal()); // [n, hidden]
        projection.backward(scratch.normal(), n, dFeatures, throughNorm ? scratch.dNormal() : null); // [n, hidden]
        if (!throughNorm) {
            return null;
        }
        float[] d = new float[n * config.hidden()]; // of the output of block i, then of its input
        norm.backward(z, n, scratch.dNormal(), d);
        for (int i = blocks.size() - 1; i >= lowest; i--) {
            d = blocks.get(i).backward(input(i), tokens(i), activations.get(i), scratch, d, observer);
        }
        return below ? d : null;
    }
}
