package io.github.clip4j.train;

import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Text to features, as in {@code model.TextTower}, and back. Texts are not padded and end with their end-of-text token.
 */
final class TrainableText implements TrainableTower {
    private final Kernels kernels;
    private final TextConfig config;
    private final Parameter tokenEmbedding; // [vocabulary, hidden]
    private final Parameter positions; // [context, hidden]
    private final TrainableEncoder encoder;
    private final boolean embeddingsTrained;
    private final boolean trained;

    private int[] ids; // [tokens], of the last forward
    private int[] places; // [tokens], within their text

    TrainableText(Kernels kernels, TextConfig config, Layers layers) {
        Layers text = layers.at("text_model.");
        this.kernels = kernels;
        this.config = config;
        this.tokenEmbedding = text.parameter("embeddings.token_embedding.weight");
        this.positions = text.parameter("embeddings.position_embedding.weight");
        this.encoder = new TrainableEncoder(kernels, config.tower(), true, layers, "text_model.", "final_layer_norm",
                "text_projection");
        this.embeddingsTrained = text.at("embeddings.").trained();
        this.trained = text.trained() || layers.at("text_projection").trained();
    }

    @Override
    public boolean trained() {
        return trained;
    }

    @Override
    public float[] forward(Batch batch, int first, int n) {
        List<int[]> texts = batch.texts().subList(first, first + n);
        int[] lengths = texts.stream().mapToInt(config::tokens).toArray();
        ids = texts.stream().flatMapToInt(text -> Arrays.stream(text, 0, config.tokens(text))).toArray();
        places = Arrays.stream(lengths).flatMap(length -> IntStream.range(0, length)).toArray();
        int[] ends = Arrays.stream(lengths).map(length -> length - 1).toArray();
        return encoder.forward(embed(), Sequences.of(lengths), ends); // [n, projection]
    }

    /** {@code x[t] = table[id] + positions[place]}: [tokens, hidden]. */
    private float[] embed() {
        int hidden = config.tower().hidden();
        float[] x = new float[ids.length * hidden];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < hidden; i++) {
                x[t * hidden + i] = tokenEmbedding.value()[ids[t] * hidden + i]
                        + positions.value()[places[t] * hidden + i];
            }
        }
        return x;
    }

    @Override
    public void observe(float[] dFeatures, AttentionGradients observer) {
        encoder.observe(dFeatures, observer);
    }

    @Override
    public void backward(float[] dFeatures) {
        float[] dx = encoder.backward(dFeatures, embeddingsTrained); // [tokens, hidden]
        if (tokenEmbedding.trained()) {
            kernels.scatterAdd(dx, ids, config.tower().hidden(), tokenEmbedding.gradient());
        }
        if (positions.trained()) {
            kernels.scatterAdd(dx, places, config.tower().hidden(), positions.gradient());
        }
    }
}
