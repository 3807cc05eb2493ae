package io.github.clip4j.bench;

import io.github.clip4j.kernels.Kernels;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A benchmark of arithmetic: it has kernels on a given number of threads, and an oracle. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Fork(value = 1, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class KernelBenchmark {
    /** Threads of the kernels; {@link Benchmarks} sets one and all. */
    @Param("1")
    public int threads;

    Kernels kernels;
    Kernels oracle;

    final void openKernels() {
        kernels = Kernels.create(threads);
        oracle = Kernels.scalar(threads);
    }

    @TearDown
    public final void closeKernels() {
        kernels.close();
        oracle.close();
    }

    /** The numbers of a shape such as "1600x768x768". */
    static int[] sizes(String shape) {
        return Stream.of(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    /** Values in [-1, 1), the same in every run. */
    static float[] uniform(int seed, int n) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
