package io.github.clip4j.model;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Image to features: a vision transformer whose class token is projected into the shared space. */
final class VisionTower {
    private final Kernels kernels;
    private final VisionConfig config;
    private final Linear patchEmbedding; // [hidden, channels · patch²]
    /** What the embedded patches are added to: the positions, and the class token before them. */
    private final float[] positions; // [tokens, hidden]
    private final LayerNorm preNorm;
    private final Encoder encoder;
    private final LayerNorm postNorm;
    private final Linear projection; // [projection, hidden]
    /** Patches of calls that have ended, as many as ran at once: the largest array of a call, costly to allocate each time. */
    private final Deque<float[]> spare = new ConcurrentLinkedDeque<>();

    VisionTower(Kernels kernels, VisionConfig config, int projection, Weights weights) {
        int hidden = config.tower().hidden();
        float epsilon = config.tower().epsilon();
        Weights vision = weights.at("vision_model.");
        Weights embeddings = vision.at("embeddings.");
        this.kernels = kernels;
        this.config = config;
        this.patchEmbedding = embeddings.matrix("patch_embedding.weight", hidden, config.patchElements());
        this.positions = embeddings.floats("position_embedding.weight", config.tokens() * hidden);
        float[] classToken = embeddings.floats("class_embedding", hidden);
        for (int i = 0; i < hidden; i++) {
            positions[i] += classToken[i];
        }
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
        int rows = n * config.tokens();
        float[] spared = spare.poll();
        boolean enough = spared != null && spared.length >= rows * config.patchElements();
        float[] patches = enough ? spared : new float[rows * config.patchElements()]; // the class token's stay zeros
        try {
            float[] x = new float[n * positions.length];
            kernels.parallel(n, image -> {
                Patches.cut(config, pixels, image, patches, (image * config.tokens() + 1) * config.patchElements());
                System.arraycopy(positions, 0, x, image * positions.length, positions.length);
            });
            kernels.multiply(patches, rows, patchEmbedding.weight(), null, new Epilogue.Add(x), x);
            return x;
        } finally {
            spare.push(patches);
        }
    }
}
