package io.github.clip4j.bench;

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

/** The peak that the arithmetic benchmarks are compared with; it checks its own answer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Fork(value = 1, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FmaPeak {
    @Param("1")
    public int threads;

    private io.github.clip4j.kernels.FmaPeak peak;

    @Setup
    public void setUp() {
        peak = new io.github.clip4j.kernels.FmaPeak(threads);
    }

    @TearDown
    public void close() {
        peak.close();
    }

    @Benchmark
    public void fma(Flops flops) {
        flops.gflop += peak.run();
    }
}
