package io.github.clip4j.cli.serve;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what takes a processor for long, such as decoding an image: as many at a time as there are processors,
 * which bounds the memory too. Requests wait in virtual threads of their own, so the server goes on answering.
 */
final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    Workers(int count, String name) {
        this.threads = Executors.newFixedThreadPool(count, Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    <T> T run(Deadline deadline, Callable<T> work) {
        return deadline.await(threads.submit(work));
    }

    /** Ends what runs, as far as it can be interrupted. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
