package io.github.clip4j.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** A loop whose iterations are run by several threads, each taking some of those that are left until there are none. */
final class SharedLoop {
    /** Time for which a thread waits awake: about what falling asleep and being woken takes, and as long again. */
    static final long SPIN_NANOS = 100_000;

    private final int tasks;
    private final int threads;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;
    /** Who opened the loop, once it sleeps. */
    private volatile Thread waiting;

    /** @param threads that may take part */
    SharedLoop(int tasks, int threads, IntConsumer body) {
        this.tasks = tasks;
        this.threads = threads;
        this.body = body;
    }

    /**
     * Runs iterations as long as some are left that nobody has taken. At first many in a row are taken, for neighbours often
     * read the same memory; towards the end single ones, so that all threads end together.
     */
    void work() {
        for (int from = next.get(); from < tasks; from = next.get()) {
            int to = from + Math.max(1, (tasks - from) / (4 * threads));
            if (next.compareAndSet(from, to)) {
                run(from, to);
            }
        }
    }

    private void run(int from, int to) {
        try {
            for (int i = from; i < to && failure == null; i++) {
                body.accept(i);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        if (done.addAndGet(to - from) == tasks) {
            LockSupport.unpark(waiting);
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
