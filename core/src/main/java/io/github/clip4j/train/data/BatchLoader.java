package io.github.clip4j.train.data;

import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.train.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The batches of one epoch in order. Threads of its own decode and augment one batch ahead of the caller, as 8-bit
 * crops, a quarter of what the batch itself takes. To be used from one thread; not to be used after an exception.
 */
public final class BatchLoader implements AutoCloseable {
    private final Epoch epoch;
    private final int batch;
    private final ImagePreprocessor preprocessor;
    private final Augmenter augmenter;
    private final ImageCache images;
    private final ExecutorService workers;
    private final Queue<Loading> ahead = new ArrayDeque<>();
    /** The position in the epoch up to which loading has started. */
    private int end;

    private record Loading(int[] text, Future<RgbImage> crop) {}

    BatchLoader(Epoch epoch, int step, Sampling sampling, ImagePreprocessor preprocessor, ImageCache images,
            int threads) {
        this.epoch = epoch;
        this.batch = sampling.batch();
        this.preprocessor = preprocessor;
        this.augmenter = new Augmenter(sampling.augmentation(), preprocessor);
        this.images = images;
        this.workers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().daemon().name("clip4j-loader-", 0).factory());
        this.end = (int) Math.min((long) step * batch, epoch.size());
        for (int i = 0; i < batch; i++) {
            loadOneMore();
        }
    }

    private void loadOneMore() {
        if (end < epoch.size()) {
            Epoch.Sample sample = epoch.sample(end++);
            ahead.add(new Loading(sample.text(), workers.submit(
                    () -> augmenter.apply(images.image(sample.image().file()), sample.random()))));
        }
    }

    /** Whether the epoch has another batch. */
    public boolean hasNext() {
        return !ahead.isEmpty();
    }

    /**
     * The next batch; waits for its images where they are not ready.
     *
     * @throws ImageException naming the file, if an image is broken
     * @throws NoSuchElementException if the epoch is over
     */
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has no more batches");
        }
        int n = Math.min(batch, ahead.size());
        int length = 3 * preprocessor.size() * preprocessor.size();
        float[] pixels = new float[n * length];
        List<int[]> texts = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            Loading loading = ahead.remove();
            loadOneMore();
            preprocessor.normalize(await(loading.crop), pixels, i * length);
            texts.add(loading.text);
        }
        return new Batch(pixels, texts);
    }

    private static RgbImage await(Future<RgbImage> crop) {
        try {
            return crop.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImageException broken) {
                throw new ImageException(broken.getMessage(), broken);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for an image");
        }
    }

    /** Stops loading, and returns when no thread of it runs. */
    @Override
    public void close() {
        workers.shutdownNow();
        workers.close();
    }
}
