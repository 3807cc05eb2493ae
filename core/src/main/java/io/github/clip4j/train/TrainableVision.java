package io.github.clip4j.train;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import io.github.clip4j.model.Patches;
import java.util.stream.IntStream;

/** Image to features, as in {@code model.VisionTower}, and back. */
final class TrainableVision implements TrainableTower {
    private final Kernels kernels;
    private final VisionConfig config;
    private final Parameter classEmbedding; // [hidden]
    private final TrainableLinear patchEmbedding; // [hidden, channels · patch²]
    private final Parameter positions; // [tokens, hidden]
    private final TrainableLayerNorm preNorm;
    private final TrainableEncoder encoder;
    private final boolean embeddingsTrained;
    private final boolean trained;

    private float[] patches = {}; // [n · grid², channels · patch²]
    private float[] embedded = {}; // [n · tokens, hidden]
    private float[] normal = {}; // [n · tokens, hidden]

    TrainableVision(Kernels kernels, VisionConfig config, Layers layers) {
        Layers vision = layers.at("vision_model.");
        this.kernels = kernels;
        this.config = config;
        this.classEmbedding = vision.parameter("embeddings.class_embedding");
        this.patchEmbedding = vision.matrix("embeddings.patch_embedding");
        this.positions = vision.parameter("embeddings.position_embedding.weight");
        this.preNorm = vision.layerNorm("pre_layrnorm", config.tower().epsilon()); // the checkpoint's spelling
        this.encoder = new TrainableEncoder(kernels, config.tower(), false, layers, "vision_model.", "post_layernorm",
                "visual_projection");
        this.embeddingsTrained = vision.at("embeddings.").trained() || vision.at("pre_layrnorm").trained();
        this.trained = vision.trained() || layers.at("visual_projection").trained();
    }

    @Override
    public boolean trained() {
        return trained;
    }

    @Override
    public float[] forward(Batch batch, int first, int n) {
        int tokens = n * config.tokens();
        int hidden = config.tower().hidden();
        if (embedded.length < tokens * hidden) {
            patches = new float[n * (config.tokens() - 1) * config.patchElements()];
            embedded = new float[tokens * hidden];
            normal = new float[tokens * hidden];
        }
        embed(batch.pixels(), first, n); // [n · tokens, hidden]
        preNorm.forward(embedded, tokens, normal); // [n · tokens, hidden]
        int[] classTokens = new int[n]; // the first of each image
        return encoder.forward(normal, Sequences.equal(n, config.tokens()), classTokens); // [n, projection]
    }

    /** The class token and the embedded patches, with their positions added: [n · tokens, hidden]. */
    private void embed(float[] pixels, int first, int n) {
        int hidden = config.tower().hidden();
        int own = config.tokens() - 1; // patches of an image
        Patches.cut(config, pixels, first, n, patches);
        float[] projected = new float[n * own * hidden]; // [n · grid², hidden]
        patchEmbedding.forward(patches, n * own, Epilogue.NONE, projected);
        for (int image = 0; image < n; image++) {
            int at = image * config.tokens() * hidden;
            System.arraycopy(classEmbedding.value(), 0, embedded, at, hidden);
            System.arraycopy(projected, image * own * hidden, embedded, at + hidden, own * hidden);
            for (int i = 0; i < config.tokens() * hidden; i++) {
                embedded[at + i] += positions.value()[i];
            }
        }
    }

    @Override
    public void backward(float[] dFeatures) {
        float[] dNormal = encoder.backward(dFeatures, embeddingsTrained); // [n · tokens, hidden]
        if (dNormal == null) {
            return;
        }
        int hidden = config.tower().hidden();
        int tokens = dNormal.length / hidden;
        float[] dEmbedded = new float[dNormal.length]; // [n · tokens, hidden]
        preNorm.backward(embedded, tokens, dNormal, dEmbedded);
        addRows(dEmbedded, IntStream.range(0, tokens).map(token -> token % config.tokens()).toArray(), positions);
        Sequences images = Sequences.equal(tokens / config.tokens(), config.tokens());
        int[] classTokens = new int[images.count()];
        addRows(images.rows(dEmbedded, classTokens, hidden), classTokens, classEmbedding);
        patchEmbedding.backward(patches, tokens - images.count(), withoutClass(dEmbedded), null);
    }

    /** Adds row i of d [ids, hidden] to row {@code ids[i]} of the gradient, if there is one. */
    private void addRows(float[] d, int[] ids, Parameter parameter) {
        if (parameter.trained()) {
            kernels.scatterAdd(d, ids, config.tower().hidden(), parameter.gradient());
        }
    }

    /** The rows of the patches: [n · grid², hidden]. */
    private float[] withoutClass(float[] d) {
        int image = config.tokens() * config.tower().hidden();
        int own = image - config.tower().hidden();
        float[] rows = new float[d.length / image * own];
        for (int i = 0; i < d.length / image; i++) {
            System.arraycopy(d, (i + 1) * image - own, rows, i * own, own);
        }
        return rows;
    }
}
