package io.github.clip4j.concurrent;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * What is made of each item of a sequence, such as the crop of an image file, in order: made on threads of its own while
 * the caller computes. One that is closed early leaves what nobody waits for. To be used from one thread.
 */
public final class Ahead<K, T> implements AutoCloseable {
    private final Iterator<? extends K> items;
    private final Function<? super K, ? extends T> make;
    private final ExecutorService threads;
    private final Queue<CompletableFuture<T>> started = new ArrayDeque<>();

    /**
     * @param items taken in the caller's thread, each when there is room for it
     * @param make called on the threads
     * @param threads how many are made at once
     * @param limit how many are made before they are asked for
     */
    public Ahead(Iterator<? extends K> items, Function<? super K, ? extends T> make, int threads, int limit) {
        this.items = items;
        this.make = make;
        this.threads = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < limit; i++) {
            startNext();
        }
    }

    private void startNext() {
        if (items.hasNext()) {
            K item = items.next();
            started.add(CompletableFuture.supplyAsync(() -> make.apply(item), threads));
        }
    }

    /** Whether there is a next item. */
    public boolean hasNext() {
        return !started.isEmpty();
    }

    /**
     * What was made of the next item; throws what making it threw, and goes on with the one after it.
     *
     * @throws java.util.NoSuchElementException if there are no more items
     */
    public T next() {
        CompletableFuture<T> next = started.remove();
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

    /** Interrupts what is being made, and returns when no thread of it runs. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
