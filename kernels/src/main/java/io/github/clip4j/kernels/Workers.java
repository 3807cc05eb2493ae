package io.github.clip4j.kernels;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A fixed number of threads that all work of one {@link Kernels} runs on, however many callers there are. With one
 * thread, work runs on the caller's.
 */
final class Workers implements AutoCloseable {
    private final int threads;
    private final ForkJoinPool pool;

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
        } else {
            pool.invoke(new Range(0, tasks, body));
        }
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

    /** Halves itself until one task is left; idle threads take the largest halves. */
    private static final class Range extends RecursiveAction {
        private static final long serialVersionUID = 1;

        private final int from;
        private final int to;
        private final transient IntConsumer body;

        Range(int from, int to, IntConsumer body) {
            this.from = from;
            this.to = to;
            this.body = body;
        }

        @Override
        protected void compute() {
            if (to - from == 1) {
                body.accept(from);
            } else {
                int middle = (from + to) >>> 1;
                invokeAll(new Range(from, middle, body), new Range(middle, to, body));
            }
        }
    }
}
