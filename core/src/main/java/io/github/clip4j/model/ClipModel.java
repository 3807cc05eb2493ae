package io.github.clip4j.model;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.kernels.Kernels;
import java.util.List;
import java.util.function.Supplier;

/**
 * CLIP (Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021): two towers into
 * one space. Immutable and safe to share; it reads from the checkpoint as long as it lives.
 */
public final class ClipModel {
    /** Multiply-adds of an image above which the first one is worth a long warm-up; a ViT-B/32 has four times as many. */
    private static final long LARGE = 1 << 30;

    private final Kernels kernels;
    private final ClipConfig config;
    /** Null where the model has none, which the config tells who asks for it; so is the text tower. */
    private final VisionTower vision;
    private final TextTower text;
    private final float logitScale;
    /** Waits until the kernels are compiled, if nothing else takes the time: interpreted they take seconds. */
    private final Supplier<Void> compiled;

    /**
     * Packs the weights of a checkpoint.
     *
     * @throws CheckpointException if a tensor is missing, misshapen, unexpected or not finite
     */
    public ClipModel(ClipConfig config, Checkpoint checkpoint, Kernels kernels) {
        this(config, checkpoint, kernels, false);
    }

    /**
     * Packs the weights of a checkpoint, now or when they are needed.
     *
     * @param lazy whether a layer's matrix is read when it is first multiplied with, and packed the second time; that its
     *        values are finite is checked then, too
     * @throws CheckpointException if a tensor is missing, misshapen, unexpected or not finite
     */
    public ClipModel(ClipConfig config, Checkpoint checkpoint, Kernels kernels, boolean lazy) {
        Weights.check(checkpoint, config);
        Weights weights = new Weights(checkpoint, kernels, lazy);
        this.kernels = kernels;
        this.config = config;
        Supplier<Void> warmUp = kernels.warmUp(config.hasVision() && MultiplyAdds.ofImage(config) > LARGE);
        this.compiled = lazy ? warmUp : () -> null;
        // one tower's thread waits for memory while the other packs
        Supplier<VisionTower> loading = config.hasVision()
                ? kernels.start(() -> new VisionTower(kernels, config.vision(), config.projection(), weights))
                : () -> null;
        this.text = config.hasText() ? new TextTower(kernels, config.text(), config.projection(), weights) : null;
        this.vision = loading.get();
        boolean both = text != null && vision != null;
        this.logitScale = both ? (float) Math.exp(weights.floats("logit_scale", 1)[0]) : 1;
    }

    /** The architecture. */
    public ClipConfig config() {
        return config;
    }

    /** What a cosine is multiplied with to become a logit; 1 in a model of one tower. */
    public float logitScale() {
        return logitScale;
    }

    /**
     * Features of images before normalisation.
     *
     * @param pixels [n, channels, imageSize, imageSize], as {@code ImagePreprocessor} makes them
     * @return [n, projection]
     */
    public float[] imageFeatures(float[] pixels, int n, Trace trace) {
        int image = config.vision().channels() * config.vision().imageSize() * config.vision().imageSize();
        if (n < 1 || pixels.length != (long) n * image) {
            throw new IllegalArgumentException(
                    pixels.length + " pixel values for " + n + " images of " + image + " values each");
        }
        return run(() -> vision.features(pixels, n, trace));
    }

    /**
     * Features of texts before normalisation.
     *
     * @param texts token ids with start and end token; what follows the end is ignored
     * @return [texts, projection]
     */
    public float[] textFeatures(List<int[]> texts, Trace trace) {
        config.text(); // throws where there is none
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no texts");
        }
        return run(() -> text.features(texts, trace));
    }

    private float[] run(Supplier<float[]> features) {
        compiled.get();
        return kernels.run(features);
    }

    /** The number of tokens of a text that are computed: up to its end-of-text token and with it. */
    public int textLength(int[] ids) {
        return config.text().tokens(ids);
    }

    /** Scales rows of features to unit length, in place: embeddings [n, projection]. */
    public float[] normalize(float[] features) {
        kernels.normalize(features, features.length / config.projection(), config.projection());
        return features;
    }
}
