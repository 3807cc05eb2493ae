package io.github.clip4j.cli.serve;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * When a request has to be answered.
 *
 * @param nanoTime of {@link System#nanoTime}
 */
record Deadline(long nanoTime) {
    static Deadline of(long start, Duration timeout) {
        return new Deadline(start + timeout.toNanos());
    }

    boolean isOver() {
        return System.nanoTime() - nanoTime >= 0;
    }

    /** @throws ApiException if it is over, or nobody waits any more */
    void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw stopped();
        }
        if (isOver()) {
            throw late();
        }
    }

    /**
     * The result, as soon as it is there; what is too late is cancelled.
     *
     * @throws ApiException if the time is over, or the server stops
     */
    <T> T await(Future<T> future) {
        if (isOver()) {
            future.cancel(true);
            throw late(); // also where it is there by chance
        }
        try {
            return future.get(nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw late();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw stopped();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    <T> List<T> await(List<? extends Future<T>> futures) {
        return futures.stream().map(this::await).toList();
    }

    private static ApiException late() {
        return ApiException.overloaded("the answer took longer than the server's time limit");
    }

    private static ApiException stopped() {
        return ApiException.overloaded("the server stops");
    }
}
