package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyIterationRunsOnce() {
        for (int threads = 1; threads <= 4; threads++) {
            try (Workers workers = new Workers(threads)) {
                for (int tasks = 0; tasks <= 200; tasks++) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                    workers.forEach(tasks, runs::incrementAndGet);
                    for (int i = 0; i < tasks; i++) {
                        assertEquals(1, runs.get(i), threads + " threads, iteration " + i + " of " + tasks);
                    }
                }
            }
        }
    }

    /** Callers from outside, each with loops in loops: none waits for ever, and no more threads run than asked for. */
    @Test
    void loopsWithinLoopsOfManyCallers() throws Exception {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(3); ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int call = 0; call < 200; call++) {
                calls.add(() -> {
                    AtomicIntegerArray runs = new AtomicIntegerArray(20 * 30);
                    workers.forEach(20, i -> workers.forEach(30, j -> {
                        used.add(Thread.currentThread());
                        runs.incrementAndGet(30 * i + j);
                    }));
                    int sum = 0;
                    for (int i = 0; i < runs.length(); i++) {
                        sum += runs.get(i);
                    }
                    return sum;
                });
            }
            for (Future<Integer> call : callers.invokeAll(calls)) {
                assertEquals(600, call.get());
            }
        }
        assertTrue(used.size() <= 3, "computed on " + used);
    }

    /** A thread helps with a loop though other callers wait for it: both iterations need a thread at the same time. */
    @Test
    void helpsWhileOthersWait() {
        try (Workers workers = new Workers(2)) {
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicBoolean ended = new AtomicBoolean();
            Supplier<Void> loops = workers.start(() -> {
                for (int i = 0; i < 1000; i++) {
                    workers.forEach(2, _ -> call(() -> both.await(20, TimeUnit.SECONDS)));
                }
                ended.set(true);
                return null;
            });
            List<Supplier<Integer>> others = new ArrayList<>();
            while (!ended.get() && !both.isBroken()) {
                others.add(workers.start(() -> 1));
            }
            loops.get();
            assertEquals(others.size(), others.stream().mapToInt(Supplier::get).sum());
        }
    }

    private static <T> T call(Callable<T> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an iteration throws reaches the caller once no other runs, and the threads go on. */
    @Test
    void failuresReachTheCaller() {
        try (Workers workers = new Workers(2)) {
            for (int round = 0; round < 50; round++) {
                int failing = 13 * round % 100;
                RuntimeException e = assertThrows(IllegalStateException.class, () -> workers.forEach(100, i -> {
                    if (i == failing) {
                        throw new IllegalStateException("iteration " + i);
                    }
                }));
                assertTrue(e.getMessage().contains("iteration " + failing), e.getMessage());
                AtomicIntegerArray runs = new AtomicIntegerArray(100);
                workers.forEach(100, runs::incrementAndGet);
                assertEquals(1, runs.get(99));
            }
        }
    }
}
