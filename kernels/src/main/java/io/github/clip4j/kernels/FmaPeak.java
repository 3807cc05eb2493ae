package io.github.clip4j.kernels;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine's FMA units do on their widest vectors when nothing leaves the registers: the peak to compare with.
 * The caller takes the time.
 */
public final class FmaPeak implements AutoCloseable {
    private final ExecutorService pool;
    private final List<Callable<Float>> tasks;

    /** Not constants, or the compiler would see that there is nothing to multiply. */
    private float a = 1;
    private float b = 1;

    /**
     * @param threads how many run at once
     * @throws UnsupportedOperationException if the module {@code jdk.incubator.vector} is not in the boot layer
     */
    public FmaPeak(int threads) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new UnsupportedOperationException(
                    "the FMA peak needs vectors: start java with --add-modules jdk.incubator.vector");
        }
        this.pool = Executors.newFixedThreadPool(threads);
        this.tasks = Collections.nCopies(threads, () -> Chains.sum(a, b));
    }

    /**
     * Some milliseconds of FMAs on each thread.
     *
     * @return the work done in units of 10^9 operations, an FMA being two
     * @throws IllegalStateException if the sums are not exact; a wrong answer is not to be timed
     */
    public double run() {
        try {
            for (Future<Float> sum : pool.invokeAll(tasks)) {
                if (sum.get() != Chains.EXPECTED) {
                    throw new IllegalStateException(
                            "sum of the chains: expected " + Chains.EXPECTED + ", found " + sum.get());
                }
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the FMA peak was not measured", e);
        }
        return 2e-9 * tasks.size() * Chains.FMAS;
    }

    /** Stops the threads. */
    @Override
    public void close() {
        pool.close();
    }

    /** Apart, to be loaded only where vectors are there. */
    private static final class Chains {
        private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
        /**
         * Independent sums: two FMAs a cycle with a latency of four need eight; these and two factors fit 16 registers. The
         * instruction overwrites what it adds to, so that is the sum: a summand for all would be copied in every step.
         */
        private static final int COUNT = 12;
        private static final int STEPS = 1 << 20;

        static final long FMAS = (long) STEPS * COUNT * F.length();
        /** Chain c counts from c STEPS to (c + 1) STEPS; all of it below 2^24 or a multiple of STEPS: exact. */
        static final float EXPECTED = (float) STEPS * COUNT * (COUNT + 1) / 2 * F.length();

        static float sum(float a, float b) {
            FloatVector x = FloatVector.broadcast(F, a);
            FloatVector y = FloatVector.broadcast(F, b);
            FloatVector s0 = start(0), s1 = start(1), s2 = start(2), s3 = start(3), s4 = start(4), s5 = start(5);
            FloatVector s6 = start(6), s7 = start(7), s8 = start(8), s9 = start(9), s10 = start(10), s11 = start(11);
            for (int i = 0; i < STEPS; i++) {
                s0 = x.fma(y, s0);
                s1 = x.fma(y, s1);
                s2 = x.fma(y, s2);
                s3 = x.fma(y, s3);
                s4 = x.fma(y, s4);
                s5 = x.fma(y, s5);
                s6 = x.fma(y, s6);
                s7 = x.fma(y, s7);
                s8 = x.fma(y, s8);
                s9 = x.fma(y, s9);
                s10 = x.fma(y, s10);
                s11 = x.fma(y, s11);
            }
            FloatVector sum = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).add(s8).add(s9).add(s10)
                    .add(s11);
            return sum.reduceLanes(VectorOperators.ADD);
        }

        private static FloatVector start(int chain) {
            return FloatVector.broadcast(F, chain * STEPS);
        }
    }
}
