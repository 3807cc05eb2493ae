package io.github.clip4j.cli.serve;

import io.github.clip4j.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Embeds the texts and images of many requests together: whatever has come in while the towers were at work goes through
 * them next, in one pass each. An embedding does not depend on what it was computed with, so this shows in the time
 * only.
 */
final class Embedder implements AutoCloseable {
    /** Texts and images of a pass. */
    private static final int BATCH = 32;
    /** How long one that is alone waits for others. */
    private static final long WAIT_MILLIS = 2;

    private sealed interface Job {
        CompletableFuture<float[]> embedding();
    }

    private record Text(int[] ids, CompletableFuture<float[]> embedding) implements Job {}

    private record Crop(RgbImage pixels, CompletableFuture<float[]> embedding) implements Job {}

    private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    private final Function<List<int[]>, List<float[]>> textTower;
    private final Function<List<RgbImage>, List<float[]>> visionTower;
    private final Thread thread = Thread.ofPlatform().daemon().name("embedder").unstarted(this::run);

    /**
     * @param textTower of token ids
     * @param visionTower of crops
     */
    Embedder(Function<List<int[]>, List<float[]>> textTower, Function<List<RgbImage>, List<float[]>> visionTower) {
        this.textTower = textTower;
        this.visionTower = visionTower;
        thread.start();
    }

    /** The unit vectors that texts, tokenized, will have, in order. */
    List<CompletableFuture<float[]>> texts(List<int[]> ids) {
        return ids.stream().map(text -> add(new Text(text, new CompletableFuture<>()))).toList();
    }

    /** The unit vector that an image, cropped, will have. */
    CompletableFuture<float[]> image(RgbImage crop) {
        return add(new Crop(crop, new CompletableFuture<>()));
    }

    private CompletableFuture<float[]> add(Job job) {
        queue.add(job);
        return job.embedding();
    }

    private void run() {
        try {
            while (true) {
                List<Job> jobs = new ArrayList<>();
                jobs.add(queue.take());
                queue.drainTo(jobs, BATCH - 1);
                Job late = jobs.size() == 1 ? queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS) : null;
                if (late != null) {
                    jobs.add(late);
                    queue.drainTo(jobs, BATCH - 2);
                }
                jobs.removeIf(job -> job.embedding().isCancelled());
                pass(jobs, Text.class, Text::ids, textTower);
                pass(jobs, Crop.class, Crop::pixels, visionTower);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    private static <J extends Job, T> void pass(List<Job> jobs, Class<J> kind, Function<J, T> input,
            Function<List<T>, List<float[]>> tower) {
        List<J> some = jobs.stream().filter(kind::isInstance).map(kind::cast).toList();
        if (some.isEmpty()) {
            return;
        }
        try {
            List<float[]> embeddings = tower.apply(some.stream().map(input).toList());
            for (int i = 0; i < some.size(); i++) {
                some.get(i).embedding().complete(embeddings.get(i));
            }
        } catch (RuntimeException | Error e) {
            some.forEach(job -> job.embedding().completeExceptionally(e));
        }
    }

    /** Ends after the pass that runs, which nobody waits for any more. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
