package io.github.clip4j.kernels;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A fixed number of threads that all work of one {@link Kernels} runs on, however many callers there are. With one
 * thread, work runs on the caller's.
 *
 * <p>A tower shares out a hundred small loops, one after the other, and waking a thread takes as long as some of them. So
 * threads that have helped with one loop look out for the next before they go to sleep.
 */
final class Workers implements AutoCloseable {
    private final int threads;
    private final ForkJoinPool pool;
    /** Loops that may have iterations left. */
    private final Queue<SharedLoop> open = new ConcurrentLinkedQueue<>();
    /** Threads that help with loops or look out for them, and those that have been asked to. */
    private final AtomicInteger helpers = new AtomicInteger();

    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + "; at least 1 is needed");
        }
        this.threads = threads;
        this.pool = threads == 1 ? null : pool(threads);
    }

    private static ForkJoinPool pool(int threads) {
        ForkJoinPool.ForkJoinWorkerThreadFactory factory = pool -> {
            ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            thread.setName("clip4j-" + thread.getPoolIndex());
            return thread;
        };
        // never more threads than asked for, not even for one that waits for its subtasks: those are being run
        return new ForkJoinPool(threads, factory, null, false, threads, threads, 0, _ -> true, 10, TimeUnit.SECONDS);
    }

    int threads() {
        return threads;
    }

    /** Runs a computation on one of the threads; {@link #forEach} within it then needs no hand-over. */
    <T> T call(Supplier<T> work) {
        return pool == null ? work.get() : pool.submit(work::get).join();
    }

    /** Starts a computation on one of the threads, or runs it at once where there are no others; the supplier waits. */
    <T> Supplier<T> start(Supplier<T> work) {
        if (pool == null) {
            T result = work.get();
            return () -> result;
        }
        return pool.submit(work::get)::join;
    }

    /** Runs {@code body} for 0 to tasks - 1, in any order, and returns when all have run. */
    void forEach(int tasks, IntConsumer body) {
        if (pool == null || tasks < 2) {
            for (int i = 0; i < tasks; i++) {
                body.accept(i);
            }
        } else if (ForkJoinTask.getPool() == pool) {
            share(new SharedLoop(tasks, threads, body));
        } else {
            pool.submit(() -> share(new SharedLoop(tasks, threads, body))).join();
        }
    }

    private void share(SharedLoop loop) {
        open.add(loop);
        while (oneMoreHelper()) {
            pool.execute(this::help);
        }
        loop.work();
        open.remove(loop);
        loop.await();
    }

    private boolean oneMoreHelper() {
        int count = helpers.get();
        while (count < threads - 1) {
            if (helpers.compareAndSet(count, count + 1)) {
                return true;
            }
            count = helpers.get();
        }
        return false;
    }

    private void help() {
        do {
            long idleSince = System.nanoTime();
            SharedLoop loop = open.peek();
            while (loop != null
                    || System.nanoTime() - idleSince < SharedLoop.SPIN_NANOS && !pool.hasQueuedSubmissions()) {
                if (loop == null) {
                    Thread.onSpinWait();
                } else {
                    loop.work();
                    open.remove(loop);
                    idleSince = System.nanoTime();
                }
                loop = open.peek();
            }
            helpers.decrementAndGet();
            // a loop that was opened before that has counted on this thread
        } while (!open.isEmpty() && oneMoreHelper());
    }

    /** Whether {@link #close} has been called; long work that nobody waits for should then end. */
    boolean closing() {
        return pool != null && pool.isShutdown();
    }

    /** Cancels what still runs, and returns when nothing does: what it reads may be released then. */
    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
            pool.close();
        }
    }
}
