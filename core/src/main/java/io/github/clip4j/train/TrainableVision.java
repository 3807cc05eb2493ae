package io.github.clip4j.train;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.Sequences;
import io.github.clip4j.model.Patches;
import java.util.Arrays;
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

    private int images; // n of the last forward
    private int[] places = {}; // [n · tokens]: 0 for the class token, 1 + p for patch p
    private float[] patches = {}; // [n · seen, channels · patch²], with room for all of grid²
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
        int hidden = config.tower().hidden();
        images = n;
        places = places(batch, first, n);
        if (patches.length < n * (config.tokens() - 1) * config.patchElements()) {
            patches = new float[n * (config.tokens() - 1) * config.patchElements()];
        }
        if (embedded.length < places.length * hidden) {
            embedded = new float[places.length * hidden];
            normal = new float[places.length * hidden];
        }
        cut(batch, first, n);
        embed(n); // [n · tokens, hidden]
        preNorm.forward(embedded, places.length, normal); // [n · tokens, hidden]
        int[] classTokens = new int[n]; // the first of each image
        return encoder.forward(normal, Sequences.equal(n, places.length / n), classTokens); // [n, projection]
    }

    /** Where the tokens of images stand among all that an image has. */
    private int[] places(Batch batch, int first, int n) {
        return IntStream.range(first, first + n).flatMap(image -> IntStream.concat(IntStream.of(0),
                batch.patches() == null
                        ? IntStream.range(1, config.tokens())
                        : Arrays.stream(batch.patches()[image]).map(patch -> 1 + patch)))
                .toArray();
    }

    /** Cuts images into patches and moves those that are seen to the front. */
    private void cut(Batch batch, int first, int n) {
        int all = config.tokens() - 1;
        int length = config.patchElements();
        for (int image = 0; image < n; image++) {
            Patches.cut(config, batch.pixels(), first + image, patches, image * all * length);
        }
        if (batch.patches() != null) {
            int to = 0;
            for (int image = 0; image < n; image++) {
                for (int patch : batch.patches()[first + image]) {
                    System.arraycopy(patches, (image * all + patch) * length, patches, to, length);
                    to += length;
                }
            }
        }
    }

    /** The class token and the embedded patches, with their positions added: [n · tokens, hidden]. */
    private void embed(int n) {
        int hidden = config.tower().hidden();
        int tokens = places.length / n;
        int own = tokens - 1; // patches of an image
        float[] projected = new float[n * own * hidden]; // [n · seen, hidden]
        patchEmbedding.forward(patches, n * own, Epilogue.NONE, projected);
        for (int image = 0; image < n; image++) {
            int at = image * tokens * hidden;
            System.arraycopy(classEmbedding.value(), 0, embedded, at, hidden);
            System.arraycopy(projected, image * own * hidden, embedded, at + hidden, own * hidden);
        }
        for (int token = 0; token < places.length; token++) {
            for (int i = 0; i < hidden; i++) {
                embedded[token * hidden + i] += positions.value()[places[token] * hidden + i];
            }
        }
    }

    @Override
    public void observe(float[] dFeatures, AttentionGradients observer) {
        encoder.observe(dFeatures, observer);
    }

    @Override
    public void backward(float[] dFeatures) {
        float[] dNormal = encoder.backward(dFeatures, embeddingsTrained); // [n · tokens, hidden]
        if (dNormal == null) {
            return;
        }
        int hidden = config.tower().hidden();
        int n = images;
        float[] dEmbedded = new float[dNormal.length]; // [n · tokens, hidden]
        preNorm.backward(embedded, places.length, dNormal, dEmbedded);
        addRows(dEmbedded, places, positions);
        int[] classTokens = new int[n];
        addRows(Sequences.equal(n, places.length / n).rows(dEmbedded, classTokens, hidden), classTokens,
                classEmbedding);
        patchEmbedding.backward(patches, places.length - n, withoutClass(dEmbedded, n), null);
    }

    /** Adds row i of d [ids, hidden] to row {@code ids[i]} of the gradient, if there is one. */
    private void addRows(float[] d, int[] ids, Parameter parameter) {
        if (parameter.trained()) {
            kernels.scatterAdd(d, ids, config.tower().hidden(), parameter.gradient());
        }
    }

    /** The rows of the patches: [n · seen, hidden]. */
    private float[] withoutClass(float[] d, int n) {
        int image = d.length / n;
        int own = image - config.tower().hidden();
        float[] rows = new float[n * own];
        for (int i = 0; i < n; i++) {
            System.arraycopy(d, (i + 1) * image - own, rows, i * own, own);
        }
        return rows;
    }
}
