package io.github.clip4j.cli;

import io.github.clip4j.image.RgbImage;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * The crops of images in order, made on threads of their own while the caller computes. One that is closed early leaves
 * the images that nobody waits for.
 */
final class Crops implements AutoCloseable {
    private final Iterator<String> names;
    private final Function<String, RgbImage> crop;
    private final ExecutorService threads;
    private final Queue<CompletableFuture<RgbImage>> ahead = new ArrayDeque<>();

    /**
     * @param crop reads and crops the image of a name
     * @param threads how many images are decoded at once
     * @param limit how many crops are made before they are asked for
     */
    Crops(List<String> names, Function<String, RgbImage> crop, int threads, int limit) {
        this.names = names.iterator();
        this.crop = crop;
        this.threads = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < limit; i++) {
            startNext();
        }
    }

    private void startNext() {
        if (names.hasNext()) {
            String name = names.next();
            ahead.add(CompletableFuture.supplyAsync(() -> crop.apply(name), threads));
        }
    }

    /**
     * The crop of the next name; throws what making it threw, and goes on with the one after it.
     *
     * @throws java.util.NoSuchElementException if there are no more names
     */
    RgbImage next() {
        CompletableFuture<RgbImage> next = ahead.remove();
        startNext();
        try {
            return next.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
