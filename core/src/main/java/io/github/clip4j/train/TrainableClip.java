package io.github.clip4j.train;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Kernels;
import java.util.Arrays;
import java.util.List;

/**
 * A model in training: the loss of a batch, and its gradient by every trained parameter. Not safe to share.
 *
 * <p>The loss compares every image with every text, so it needs the whole batch at once, but memory for the activations
 * of a micro-batch is enough (Gao et al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, 2021):
 * all are embedded first, then the gradient of the loss by the embeddings is taken back through the towers one
 * micro-batch at a time, each computed forward once more. The sums are the same but for their order.
 *
 * <p>Frozen parameters cost nothing in the backward: it ends below the lowest trained block of a tower.
 */
public final class TrainableClip {
    private final Kernels kernels;
    private final ClipConfig config;
    private final ContrastiveLoss loss;
    private final Parameter logitScale;
    private final List<TrainableLinear> linears;
    private final TrainableTower vision;
    private final TrainableTower text;

    /** With the loss of the paper, {@link ContrastiveLoss#CLIP}. */
    public TrainableClip(ClipConfig config, ModelParameters parameters, Kernels kernels) {
        this(config, parameters, kernels, ContrastiveLoss.CLIP);
    }

    /**
     * Packs the weights of a model.
     *
     * @param parameters of the architecture; frozen ones must not change from here on
     */
    public TrainableClip(ClipConfig config, ModelParameters parameters, Kernels kernels, ContrastiveLoss loss) {
        Layers layers = new Layers(kernels, parameters);
        this.kernels = kernels;
        this.config = config;
        this.loss = loss;
        this.logitScale = parameters.get("logit_scale");
        this.vision = new TrainableVision(kernels, config.vision(), layers);
        this.text = new TrainableText(kernels, config.text(), layers);
        this.linears = layers.linears();
        clampLogitScale();
    }

    /** To be called after the values of trained parameters have changed: clamps the logit scale, packs weights again. */
    public void refresh() {
        clampLogitScale();
        kernels.run(() -> {
            linears.forEach(TrainableLinear::refresh);
            return null;
        });
    }

    private void clampLogitScale() {
        if (logitScale.trained()) {
            logitScale.value()[0] = Math.min(logitScale.value()[0], (float) loss.maxLogitScale());
        }
    }

    /**
     * Adds d loss / d parameter to the gradient of each trained parameter.
     *
     * @param microBatch pairs whose activations are held in memory at a time; the result depends on it by rounding only
     * @throws IllegalArgumentException if the batch does not fit the architecture or a text has no end
     */
    public BatchLoss gradients(Batch batch, int microBatch) {
        check(batch, microBatch);
        return kernels.run(() -> {
            float[] images = forward(vision, batch, microBatch); // [n, projection]
            float[] texts = forward(text, batch, microBatch); // [n, projection]
            ContrastiveLoss.Result result = compare(batch, images, texts);
            backward(vision, batch, microBatch, images, result.dImages());
            backward(text, batch, microBatch, texts, result.dTexts());
            if (logitScale.trained()) {
                logitScale.gradient()[0] += (float) result.dLogitScale();
            }
            return result.loss();
        });
    }

    /**
     * The loss alone.
     *
     * @param microBatch pairs that are embedded at a time
     * @throws IllegalArgumentException if the batch does not fit the architecture or a text has no end
     */
    public BatchLoss loss(Batch batch, int microBatch) {
        check(batch, microBatch);
        return kernels.run(() -> compare(batch, forward(vision, batch, microBatch), forward(text, batch, microBatch))
                .loss());
    }

    private void check(Batch batch, int microBatch) {
        VisionConfig images = config.vision();
        long image = (long) images.channels() * images.imageSize() * images.imageSize();
        if (batch.pixels().length != batch.size() * image) {
            throw new IllegalArgumentException(batch.pixels().length + " pixel values for " + batch.size()
                    + " images of " + image + " values each");
        }
        int patches = images.tokens() - 1;
        if (batch.patches() != null && Arrays.stream(batch.patches()).flatMapToInt(Arrays::stream)
                .anyMatch(patch -> patch < 0 || patch >= patches)) {
            throw new IllegalArgumentException("patches to see: expected 0 to " + (patches - 1) + ", found "
                    + Arrays.deepToString(batch.patches()));
        }
        if (microBatch < 1) {
            throw new IllegalArgumentException("micro-batch: expected 1 or more, found " + microBatch);
        }
    }

    /** Features of the whole batch: [n, projection]. The tower keeps the activations of the last micro-batch. */
    private float[] forward(TrainableTower tower, Batch batch, int microBatch) {
        int width = config.projection();
        float[] features = new float[batch.size() * width];
        for (int first = 0; first < batch.size(); first += microBatch) {
            int n = Math.min(microBatch, batch.size() - first);
            System.arraycopy(tower.forward(batch, first, n), 0, features, first * width, n * width);
        }
        return features;
    }

    /** Takes features to unit length and compares them. */
    private ContrastiveLoss.Result compare(Batch batch, float[] images, float[] texts) {
        return loss.compute(kernels, unit(images), unit(texts), batch, logitScale.value()[0]);
    }

    /** Embeddings: [n, projection]. */
    private float[] unit(float[] features) {
        float[] embeddings = features.clone();
        kernels.normalize(embeddings, features.length / config.projection(), config.projection());
        return embeddings;
    }

    /** Takes the gradient of the embeddings [n, projection] back through a tower. */
    private void backward(TrainableTower tower, Batch batch, int microBatch, float[] features, float[] d) {
        if (!tower.trained()) {
            return;
        }
        int width = config.projection();
        kernels.normalizeGradient(features, batch.size(), width, d, d); // now of the features
        int last = (batch.size() - 1) / microBatch * microBatch;
        for (int first = last; first >= 0; first -= microBatch) {
            int n = Math.min(microBatch, batch.size() - first);
            if (first != last) { // whose activations are still there
                tower.forward(batch, first, n);
            }
            tower.backward(Arrays.copyOfRange(d, first * width, (first + n) * width));
        }
    }
}
