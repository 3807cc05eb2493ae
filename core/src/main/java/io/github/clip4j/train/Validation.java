package io.github.clip4j.train;

import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.evaluate.ZeroShot;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import io.github.clip4j.train.data.BatchLoader;
import io.github.clip4j.train.data.Batches;
import io.github.clip4j.train.data.CaptionedImage;
import io.github.clip4j.train.data.CaptionedImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures a model on a data set that is not trained on, in inference: what is measured is what the saved checkpoint
 * will do.
 */
public final class Validation {
    private final Batches batches;
    /** The class of each image in the order of the batches, as its place among the classes. */
    private final int[] labels;
    private final Map<String, List<int[]>> prompts;
    private final ContrastiveLoss loss;
    private final Kernels kernels;
    private final int microBatch;

    /**
     * @param batches of {@code data} in order, each image once
     * @param prompts token ids of the prompts of each class that an image may have, by the same templates in the same
     *        order; empty for no zero-shot accuracy
     * @param microBatch pairs that are embedded at a time
     */
    public Validation(CaptionedImages data, Batches batches, Map<String, List<int[]>> prompts, ContrastiveLoss loss,
            int microBatch, Kernels kernels) {
        List<String> classes = List.copyOf(prompts.keySet());
        this.batches = batches;
        this.labels = data.images().stream().map(CaptionedImage::label).mapToInt(classes::indexOf).toArray();
        this.prompts = prompts;
        this.loss = loss;
        this.kernels = kernels;
        this.microBatch = microBatch;
    }

    /** The figures of a model. */
    public Score score(ClipModel model) {
        List<float[]> embeddings = new ArrayList<>();
        double loss = 0;
        double imageAccuracy = 0;
        double textAccuracy = 0;
        try (BatchLoader loader = batches.load(0, 0)) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                float[] images = images(model, batch); // [n, projection]
                float[] texts = texts(model, batch.texts()); // [n, projection]
                float logitScale = (float) Math.log(model.logitScale());
                BatchLoss found = this.loss.compute(kernels, images, texts, batch, logitScale).loss();
                double share = (double) batch.size() / labels.length;
                loss += share * found.loss();
                imageAccuracy += share * found.imageAccuracy();
                textAccuracy += share * found.textAccuracy();
                embeddings.addAll(rows(images, model.config().projection()));
            }
        }
        double top1 = prompts.isEmpty()
                ? Double.NaN
                : ZeroShot.classify(embeddings, labels, classes(model), model.logitScale(), kernels).scoreAt(1);
        return new Score(loss, imageAccuracy, textAccuracy, top1);
    }

    /** Embeddings of a batch's images: [n, projection]. */
    private float[] images(ClipModel model, Batch batch) {
        int n = batch.texts().size();
        int image = batch.pixels().length / n;
        int width = model.config().projection();
        float[] images = new float[n * width];
        for (int from = 0; from < n; from += microBatch) {
            int count = Math.min(microBatch, n - from);
            float[] pixels = Arrays.copyOfRange(batch.pixels(), from * image, (from + count) * image);
            System.arraycopy(model.imageFeatures(pixels, count, Trace.NONE), 0, images, from * width, count * width);
        }
        return model.normalize(images);
    }

    /** Embeddings of texts: [n, projection]. */
    private float[] texts(ClipModel model, List<int[]> texts) {
        int width = model.config().projection();
        float[] embeddings = new float[texts.size() * width];
        for (int from = 0; from < texts.size(); from += microBatch) {
            List<int[]> some = texts.subList(from, Math.min(from + microBatch, texts.size()));
            System.arraycopy(model.textFeatures(some, Trace.NONE), 0, embeddings, from * width, some.size() * width);
        }
        return model.normalize(embeddings);
    }

    /** Each class by all of its prompts together. */
    private LabelEmbeddings classes(ClipModel model) {
        List<String> names = List.copyOf(prompts.keySet());
        int width = model.config().projection();
        List<LabelEmbeddings> byTemplate = new ArrayList<>();
        for (int t = 0; t < prompts.get(names.getFirst()).size(); t++) {
            int template = t;
            float[] embeddings = texts(model, names.stream().map(name -> prompts.get(name).get(template)).toList());
            byTemplate.add(new LabelEmbeddings(names, rows(embeddings, width)));
        }
        return LabelEmbeddings.ensemble(byTemplate);
    }

    private static List<float[]> rows(float[] matrix, int width) {
        return IntStream.range(0, matrix.length / width)
                .mapToObj(i -> Arrays.copyOfRange(matrix, i * width, (i + 1) * width)).toList();
    }
}
