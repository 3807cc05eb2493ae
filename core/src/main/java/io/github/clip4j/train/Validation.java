package io.github.clip4j.train;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import io.github.clip4j.train.data.BatchLoader;
import io.github.clip4j.train.data.Batches;
import io.github.clip4j.train.data.CaptionedImage;
import io.github.clip4j.train.data.CaptionedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures a model on a data set that is not trained on, in inference: what is measured is what the saved checkpoint
 * will do.
 */
public final class Validation {
    private final Batches batches;
    /** The class of each image in the order of the batches, as its place among the classes. */
    private final int[] labels;
    /** Token ids of the prompts of each class; empty if there are no classes. */
    private final List<List<int[]>> prompts;
    private final ContrastiveLoss loss;
    private final Kernels kernels;
    private final int microBatch;

    /**
     * @param batches of {@code data} in order, each image once
     * @param prompts token ids of the prompts of each class that an image may have; empty for no zero-shot accuracy
     * @param microBatch pairs that are embedded at a time
     */
    public Validation(CaptionedImages data, Batches batches, Map<String, List<int[]>> prompts, ContrastiveLoss loss,
            int microBatch, Kernels kernels) {
        List<String> classes = List.copyOf(prompts.keySet());
        this.batches = batches;
        this.labels = data.images().stream().map(CaptionedImage::label).mapToInt(classes::indexOf).toArray();
        this.prompts = classes.stream().map(prompts::get).toList();
        this.loss = loss;
        this.kernels = kernels;
        this.microBatch = microBatch;
    }

    /** The figures of a model. */
    public Score score(ClipModel model) {
        PackedMatrix classes = prompts.isEmpty() ? null : classes(model);
        double[] sums = new double[3];
        int done = 0;
        int right = 0;
        try (BatchLoader loader = batches.load(0, 0)) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                int n = batch.texts().size();
                float[] images = images(model, batch); // [n, projection]
                float[] texts = texts(model, batch.texts()); // [n, projection]
                BatchLoss found = loss.of(kernels, images, texts, batch.texts(), (float) Math.log(model.logitScale()));
                sums[0] += n * found.loss();
                sums[1] += n * found.imageAccuracy();
                sums[2] += n * found.textAccuracy();
                right += classes == null ? 0 : right(images, n, classes, done);
                done += n;
            }
        }
        return new Score(sums[0] / done, sums[1] / done, sums[2] / done,
                classes == null ? Double.NaN : (double) right / done);
    }
}
