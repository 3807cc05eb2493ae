package io.github.clip4j.bench;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the machine's FMA units do on their widest vectors when nothing leaves the registers: the peak to compare with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Fork(value = 1, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FmaPeak {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    /** Independent chains: two FMAs a cycle with a latency of four need eight; these and two factors fit 16 registers. */
    private static final int CHAINS = 12;
    private static final int STEPS = 1 << 20;

    @Param("1")
    public int threads;

    /** Not constants, or the compiler would see that a product is not needed. */
    private float factor = 1;
    private float summand = 1;
    private ExecutorService pool;
    private List<Callable<Float>> tasks;

    @Setup
    public void setUp() throws Exception {
        pool = Executors.newFixedThreadPool(threads);
        tasks = Collections.nCopies(threads, () -> chains(factor, summand));
        // chain c counts from c STEPS to (c + 1) STEPS; all of it below 2^24 or a multiple of STEPS: exact
        double expected = (double) STEPS * CHAINS * (CHAINS + 1) / 2 * F.length();
        for (Future<Float> sum : pool.invokeAll(tasks)) {
            Check.near("sum of the chains", expected, sum.get(), 0);
        }
    }

    @TearDown
    public void close() {
        pool.close();
    }

    @Benchmark
    public Object fma(Flops flops) throws InterruptedException {
        flops.gflop += 2e-9 * threads * STEPS * CHAINS * F.length();
        return pool.invokeAll(tasks);
    }

    /** GFLOP/s on some threads, without JMH: the best of many runs, for what else runs can only slow it down. */
    static double gflops(int threads) throws Exception {
        FmaPeak peak = new FmaPeak();
        peak.threads = threads;
        peak.setUp();
        double best = 0;
        for (int run = 0; run < 100; run++) {
            Flops flops = new Flops();
            long start = System.nanoTime();
            peak.fma(flops);
            best = Math.max(best, flops.gflop / Peer.seconds(start));
        }
        peak.close();
        return best;
    }

    private static float chains(float factor, float summand) {
        FloatVector x = FloatVector.broadcast(F, factor);
        FloatVector y = FloatVector.broadcast(F, summand);
        FloatVector s0 = start(0), s1 = start(1), s2 = start(2), s3 = start(3), s4 = start(4), s5 = start(5);
        FloatVector s6 = start(6), s7 = start(7), s8 = start(8), s9 = start(9), s10 = start(10), s11 = start(11);
        for (int i = 0; i < STEPS; i++) {
            s0 = s0.fma(x, y);
            s1 = s1.fma(x, y);
            s2 = s2.fma(x, y);
            s3 = s3.fma(x, y);
            s4 = s4.fma(x, y);
            s5 = s5.fma(x, y);
            s6 = s6.fma(x, y);
            s7 = s7.fma(x, y);
            s8 = s8.fma(x, y);
            s9 = s9.fma(x, y);
            s10 = s10.fma(x, y);
            s11 = s11.fma(x, y);
        }
        FloatVector sum = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).add(s8).add(s9).add(s10).add(s11);
        return sum.reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector start(int chain) {
        return FloatVector.broadcast(F, chain * STEPS);
    }
}
