package io.github.clip4j.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.incubator.vector.VectorShape;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The kernels on one core under every collector that people have and at every width that the machine has, several JVMs
 * each: what the compiler makes of a loop depends on the collector, and can differ from one JVM to the next.
 */
final class CollectorsAndWidths {
    private static final int FORKS = 5;
    private static final List<String> COLLECTORS = List.of("Serial", "Parallel", "G1");
    private static final List<Work> WORKS = List.of(new Work(FmaPeak.class), //
            new Work(MatrixProduct.class, "1600x2304x768", "1600x768x3072", "50x3072x768", "20x2048x512"),
            new Work(Attention.class, "32x50x768", "32x12x512"), //
            new Work(InputGradient.class, "1600x3072x768"), //
            new Work(WeightGradient.class, "1600x3072x768"), //
            new Work(AttentionGradient.class, "32x50x768"));

    private record Work(Class<?> benchmark, String... shapes) {}

    private CollectorsAndWidths() {}

    /** A JVM to run in. */
    private record Variant(String name, List<String> jvmArguments) {}

    /** GFLOP/s of each JVM. */
    private record Rates(double[] sorted) {
        double median() {
            return sorted[sorted.length / 2];
        }

        String cell(double peak) {
            return "%.1f / %.1f (%.0f %%)".formatted(median(), sorted[0], 100 * median() / peak);
        }
    }

    static void run() throws RunnerException {
        Map<String, List<Rates>> rows = new LinkedHashMap<>();
        List<Variant> variants = variants();
        for (Variant variant : variants) {
            WORKS.forEach(work -> run(work, variant)
                    .forEach(result -> rows.computeIfAbsent(name(result), _ -> new ArrayList<>()).add(rates(result))));
        }
        System.out.println("\nGFLOP/s on one core, median / worst of " + FORKS
                + " JVMs, and the median's share of the FMA peak, the best in the same column\n");
        System.out.println("| | " + variants.stream().map(Variant::name).collect(Collectors.joining(" | ")) + " |");
        System.out.println("|---" + "|--:".repeat(variants.size()) + "|");
        List<Rates> peaks = rows.values().iterator().next();
        rows.forEach((name, cells) -> {
            StringBuilder row = new StringBuilder("| " + name);
            for (int i = 0; i < cells.size(); i++) {
                row.append(" | ").append(cells.get(i).cell(peaks.get(i).sorted[FORKS - 1]));
            }
            System.out.println(row.append(" |"));
        });
    }

    /** An AVX-512 machine also takes the part of one that has AVX2 only, with half the registers. */
    private static List<Variant> variants() {
        int widest = Math.min(512, VectorShape.S_Max_BIT.vectorBitSize());
        List<Variant> variants = new ArrayList<>();
        for (int bits = Math.min(256, widest); bits <= widest; bits *= 2) {
            for (String collector : COLLECTORS) {
                List<String> arguments = new ArrayList<>(List.of("-XX:+Use" + collector + "GC"));
                if (bits < widest) {
                    arguments.addAll(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=2"));
                }
                variants.add(new Variant(bits + " bits, " + collector, arguments));
            }
        }
        return variants;
    }

    private static Collection<RunResult> run(Work work, Variant variant) {
        ChainedOptionsBuilder options = new OptionsBuilder().include(work.benchmark.getName() + "\\.")
                .shouldFailOnError(true)
                .param("threads", "1").forks(FORKS).warmupIterations(3).warmupTime(TimeValue.milliseconds(300))
                .measurementIterations(3).measurementTime(TimeValue.milliseconds(300))
                .jvmArgsAppend(variant.jvmArguments.toArray(String[]::new));
        if (work.shapes.length > 0) {
            options.param("shape", work.shapes);
        }
        try {
            return new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new IllegalStateException(work.benchmark.getSimpleName() + " under " + variant.name + " failed", e);
        }
    }

    private static String name(RunResult result) {
        String shape = result.getParams().getParam("shape");
        return Benchmarks.name(result) + (shape == null ? "" : " " + shape);
    }

    private static Rates rates(RunResult result) {
        Collection<BenchmarkResult> forks = result.getBenchmarkResults();
        return new Rates(forks.stream()
                .mapToDouble(fork -> fork.getSecondaryResults().get(Benchmarks.FLOPS).getScore()).sorted().toArray());
    }
}
