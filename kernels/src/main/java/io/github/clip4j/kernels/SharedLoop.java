package io.github.clip4j.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A loop whose iterations are run by several threads. Each has a range of them, for neighbours often read the same memory;
 * who is done with it takes single ones from the end of the range that has most left, so that all end together.
 */
final class SharedLoop {
    /** Time for which a thread waits awake: about what falling asleep and being woken takes, and as long again. */
    static final long SPIN_NANOS = 100_000;
    /** Distance of the ranges: threads that write to the same line of the caches, or to its neighbour, wait for each other. */
    private static final int STRIDE = 128 / Long.BYTES;

    private final int tasks;
    private final int threads;
    private final IntConsumer body;
    /** What is left of each range: its first iteration in the high half, its end in the low. */
    private final AtomicLongArray ranges;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;
    /** Who opened the loop, once it sleeps. */
    private volatile Thread waiting;

    /** @param threads that may take part */
    SharedLoop(int tasks, int threads, IntConsumer body) {
        this.tasks = tasks;
        this.threads = threads;
        this.body = body;
        this.ranges = new AtomicLongArray(threads * STRIDE);
        for (int i = 0; i < threads; i++) {
            long first = (long) tasks * i / threads;
            ranges.setPlain(i * STRIDE, first << 32 | (long) tasks * (i + 1) / threads);
        }
    }

    /** Runs iterations as long as some are left that nobody has taken. */
    void work() {
        int own = arrived.getAndIncrement() % threads * STRIDE;
        int count = 0;
        for (int task = next(own); task >= 0; task = next(own)) {
            run(task);
            count++;
        }
        if (done.addAndGet(count) == tasks) {
            LockSupport.unpark(waiting);
        }
    }

    /** The first of the thread's own range, the last of another's, or -1. */
    private int next(int own) {
        for (long range = ranges.get(own); left(range) > 0; range = ranges.get(own)) {
            if (ranges.compareAndSet(own, range, range + (1L << 32))) {
                return (int) (range >> 32);
            }
        }
        for (int most = longest(); most >= 0; most = longest()) {
            long range = ranges.get(most);
            if (left(range) > 0 && ranges.compareAndSet(most, range, range - 1)) {
                return (int) range - 1;
            }
        }
        return -1;
    }

    private static int left(long range) {
        return (int) range - (int) (range >> 32);
    }

    /** Where the range that has most left stands, or -1. */
    private int longest() {
        int longest = -1;
        int most = 0;
        for (int i = 0; i < ranges.length(); i += STRIDE) {
            int left = left(ranges.get(i));
            if (left > most) {
                longest = i;
                most = left;
            }
        }
        return longest;
    }

    private void run(int task) {
        try {
            if (failure == null) {
                body.accept(task);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Returns when all iterations have run, or throws what one of them threw. */
    void await() {
        long start = System.nanoTime();
        while (done.get() < tasks && System.nanoTime() - start < SPIN_NANOS) {
            Thread.onSpinWait();
        }
        waiting = Thread.currentThread();
        while (done.get() < tasks) {
            LockSupport.park(this);
        }
        switch (failure) {
            case null -> {
            }
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new AssertionError(failure);
        }
    }
}
