package io.github.clip4j.model;

import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.RowReader;
import io.github.clip4j.kernels.Sequences;
import java.util.Arrays;
import java.util.List;

/** Token ids to features: a causal transformer whose end-of-text token is projected into the shared space. */
final class TextTower {
    private final Kernels kernels;
    private final TextConfig config;
    /** [vocabulary, hidden]; stays in the file, a text reads a handful of its 49,408 rows. */
    private final RowReader tokenEmbedding;
    private final float[] positions; // [context, hidden]
    private final Encoder encoder;
    private final LayerNorm finalNorm;
    private final Linear projection; // [projection, hidden]

    TextTower(Kernels kernels, TextConfig config, int projection, Weights weights) {
        int hidden = config.tower().hidden();
        Weights text = weights.at("text_model.");
        Weights embeddings = text.at("embeddings.");
        this.kernels = kernels;
        this.config = config;
        this.tokenEmbedding = embeddings.rows("token_embedding.weight", hidden);
        this.positions = embeddings.floats("position_embedding.weight", config.contextLength() * hidden);
        this.encoder = new Encoder(kernels, config.tower(), "text", true, text.at("encoder."));
        this.finalNorm = text.layerNorm("final_layer_norm", hidden, config.tower().epsilon());
        this.projection = weights.matrix("text_projection.weight", projection, hidden);
    }

    /**
     * Features of texts. The mask is causal, so tokens after the end of the text cannot change it and are not computed.
     *
     * @param texts token ids of each, whatever follows the end-of-text token
     * @return [texts, projection], not of unit length
     */
    float[] features(List<int[]> texts, Trace trace) {
        int hidden = config.tower().hidden();
        int[] lengths = texts.stream().mapToInt(config::tokens).toArray();
        int prefix = trace == Trace.NONE ? commonPrefix(texts, lengths) : 0;
        Sequences sequences = new Sequences(prefix, Arrays.stream(lengths).map(length -> length - prefix).toArray());
        int[] ends = Arrays.stream(sequences.lengths()).map(length -> length - 1).toArray();

        float[] x = embed(texts, sequences); // [tokens, hidden]
        float[] pooled = encoder.apply(x, sequences, ends, trace); // [texts, hidden]
        if (trace != Trace.NONE) {
            finalNorm.apply(kernels, x, x.length / hidden, x); // [tokens, hidden]
            trace.stage("text.last_hidden_state", x, hidden);
        }
        finalNorm.apply(kernels, pooled, texts.size(), pooled); // [texts, hidden]
        trace.stage("text.pooler_output", pooled, hidden);
        int n = texts.size();
        float[] features = new float[n * projection.weight().n()];
        kernels.multiply(pooled, n, projection.weight(), null, Epilogue.NONE, features); // [n, projection]
        return features;
    }

    /**
     * The tokens that all texts begin with, before their end. The mask is causal, so they come out the same in all of
     * them, and prompts made from one template share most of their tokens.
     */
    private static int commonPrefix(List<int[]> texts, int[] lengths) {
        int[] first = texts.getFirst();
        int prefix = texts.size() == 1 ? 0 : lengths[0] - 1;
        for (int i = 1; i < lengths.length; i++) {
            int[] other = texts.get(i);
            int end = Math.min(prefix, lengths[i] - 1);
            int mismatch = Arrays.mismatch(first, 0, end, other, 0, end);
            prefix = mismatch < 0 ? end : mismatch;
        }
        return prefix;
    }

    /** {@code x[t] = table[id] + positions[t]}: [tokens, hidden]. */
    private float[] embed(List<int[]> texts, Sequences sequences) {
        int hidden = config.tower().hidden();
        int prefix = sequences.prefix();
        float[] x = new float[sequences.tokens() * hidden];
        embed(texts.getFirst(), 0, prefix, x, 0);
        int row = prefix;
        for (int s = 0; s < sequences.count(); s++) {
            embed(texts.get(s), prefix, prefix + sequences.lengths()[s], x, row);
            row += sequences.lengths()[s];
        }
        return x;
    }

    /** Tokens [from, to) of a text to the rows of x from {@code row} on. */
    private void embed(int[] text, int from, int to, float[] x, int row) {
        int hidden = config.tower().hidden();
        for (int t = from, at = row * hidden; t < to; t++, at += hidden) {
            tokenEmbedding.read(text[t], x, at);
            for (int i = 0; i < hidden; i++) {
                x[at + i] += positions[t * hidden + i];
            }
        }
    }
}
