package io.github.clip4j.train.data;

import io.github.clip4j.image.ImagePreprocessor;

/** The batches of a data set, epoch by epoch. Safe to share between threads. */
public final class Batches {
    private final CaptionedImages data;
    private final Sampling sampling;
    private final ImagePreprocessor preprocessor;
    private final ImageCache images;
    private final int threads;
    private final int perEpoch;

    /**
     * @param images may be shared with other data sets
     * @param threads that decode and augment, beside those of the kernels
     * @throws DataSetException if the pairs do not fill a batch, or an image's class has no prompts though some texts are
     *     to be prompts
     * @throws IllegalArgumentException if there is not one thread, or no array holds the pixels of a batch
     */
    public Batches(CaptionedImages data, Sampling sampling, ImagePreprocessor preprocessor, ImageCache images,
            int threads) {
        this.data = data;
        this.sampling = sampling;
        this.preprocessor = preprocessor;
        this.images = images;
        this.threads = threads;
        if (threads < 1) {
            throw new IllegalArgumentException("loader threads: expected 1 or more, found " + threads);
        }
        long pixels = 3L * preprocessor.size() * preprocessor.size() * sampling.batch();
        if (pixels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batch: %d images of %d x %d pixels are more than an array holds"
                    .formatted(sampling.batch(), preprocessor.size(), preprocessor.size()));
        }
        int pairs = new Epoch(data, sampling, 0).size();
        if (pairs == 0) {
            throw new DataSetException(
                    "%s: has fewer pairs than a batch of %d: %d images, %d captions; use a smaller batch"
                            .formatted(data.source(), sampling.batch(), data.images().size(), data.pairs()));
        }
        this.perEpoch = Math.ceilDiv(pairs, sampling.batch());
        for (CaptionedImage image : data.images()) {
            if (sampling.prompts().share() > 0 && !sampling.prompts().prompts().containsKey(image.label())) {
                throw new DataSetException("%s: there are no prompts for class %s of %s"
                        .formatted(data.source(), JsonText.quote(image.label()), image.file()));
            }
        }
    }

    /** The number of batches in an epoch. */
    public int perEpoch() {
        return perEpoch;
    }

    /**
     * Starts to load the batches of an epoch.
     *
     * @param epoch counted from 0
     * @param step the first batch that is wanted, 0 to {@link #perEpoch()}: the batches before it cost nothing
     */
    public BatchLoader load(long epoch, int step) {
        if (step < 0 || step > perEpoch) {
            throw new IllegalArgumentException("step " + step + " of an epoch of " + perEpoch + " batches");
        }
        return new BatchLoader(new Epoch(data, sampling, epoch), step, sampling, preprocessor, images, threads);
    }
}
