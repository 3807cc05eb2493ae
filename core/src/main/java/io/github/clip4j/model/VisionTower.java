package io.github.clip4j.model;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;

/** Image to features: a vision transformer whose class token is projected into the shared space. */
final class VisionTower {
    private final Kernels kernels;
    private final VisionConfig config;
    private final float[] classEmbedding; // [hidden]
    private final Linear patchEmbedding; // [hidden, channels · patch²]
    private final float[] positions; // [tokens, hidden]
    private final LayerNorm preNorm;
    private final Encoder encoder;
    private final LayerNorm postNorm;
    private final Linear projection; // [projection, hidden]

    VisionTower(Kernels kernels, VisionConfig config, int projection, Weights weights) {
        int hidden = config.tower().hidden();
        float epsilon = config.tower().epsilon();
        Weights vision = weights.at("vision_model.");
        Weights embeddings = vision.at("embeddings.");
        this.kernels = kernels;
        this.config = config;
        this.classEmbedding = embeddings.floats("class_embedding", hidden);
        this.patchEmbedding = embeddings.matrix("patch_embedding.weight", hidden, config.patchElements());
        this.positions = embeddings.floats("position_embedding.weight", config.tokens() * hidden);
        this.preNorm = vision.layerNorm("pre_layrnorm", hidden, epsilon); // the checkpoint's spelling
        this.encoder = new Encoder(kernels, config.tower(), "vision", false, vision.at("encoder."));
        this.postNorm = vision.layerNorm("post_layernorm", hidden, epsilon);
        this.projection = weights.matrix("visual_projection.weight", projection, hidden);
    }

    /**
     * Features of n images.
     *
     * @param pixels [n, channels, size, size], normalised
     * @return [n, projection], not of unit length
     */
    float[] features(float[] pixels, int n, Trace trace) {
        int hidden = config.tower().hidden();
        Sequences sequences = Sequences.equal(n, config.tokens());

        float[] x = embed(pixels, n); // [n · tokens, hidden]
        preNorm.apply(kernels, x, n * config.tokens(), x); // [n · tokens, hidden]
        int[] classTokens = new int[n]; // the first of each image
        float[] pooled = encoder.apply(x, sequences, classTokens, trace); // [n, hidden]
        trace.stage("vision.last_hidden_state", x, hidden);
        postNorm.apply(kernels, pooled, n, pooled); // [n, hidden]
        trace.stage("vision.pooler_output", pooled, hidden);
        float[] features = new float[n * projection.weight().n()];
        kernels.multiply(pooled, n, projection.weight(), null, Epilogue.NONE, features); // [n, projection]
        return features;
    }

    /** The class token and the embedded patches, with their positions added: [n · tokens, hidden]. */
    private float[] embed(float[] pixels, int n) {
        int hidden = config.tower().hidden();
        int tokens = config.tokens();
        float[] patches = new float[n * (tokens - 1) * config.patchElements()];
        Patches.cut(config, pixels, 0, n, patches);
        float[] embedded = new float[n * (tokens - 1) * hidden];
        kernels.multiply(patches, n * (tokens - 1), patchEmbedding.weight(), null, Epilogue.NONE, embedded);
        float[] x = new float[n * tokens * hidden];
        for (int image = 0; image < n; image++) {
            int at = image * tokens * hidden;
            System.arraycopy(classEmbedding, 0, x, at, hidden);
            System.arraycopy(embedded, image * (tokens - 1) * hidden, x, at + hidden, (tokens - 1) * hidden);
            for (int i = 0; i < positions.length; i++) {
                x[at + i] += positions[i];
            }
        }
        return x;
    }
}
