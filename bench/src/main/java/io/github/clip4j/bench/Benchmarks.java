package io.github.clip4j.bench;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks with JMH, taking JMH's arguments, and prints what they did per second: the arithmetic ones beside the
 * machine's FMA peak, which is measured in the same run because it moves from machine to machine and with the load. With
 * the one argument {@code machine}, the kernels are run under all collectors and at all widths instead.
 */
public final class Benchmarks {
    static final String FLOPS = "gflop";
    private static final String THREADS = "threads";

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        if (List.of(args).equals(List.of("machine"))) {
            CollectorsAndWidths.run();
            return;
        }
        CommandLineOptions arguments = new CommandLineOptions(args);
        if (arguments.shouldHelp()) {
            arguments.showHelp();
            return;
        }
        ChainedOptionsBuilder options = new OptionsBuilder().parent(arguments).shouldFailOnError(true);
        if (!arguments.getIncludes().isEmpty()) {
            arguments.getIncludes().forEach(options::include);
            options.include(FmaPeak.class.getName());
        }
        if (!arguments.getParameter(THREADS).hasValue()) {
            int all = Runtime.getRuntime().availableProcessors();
            options.param(THREADS, all == 1 ? new String[]{"1"} : new String[]{"1", Integer.toString(all)});
        }
        Runner runner = new Runner(options.build());
        if (arguments.shouldList()) {
            runner.list();
        } else {
            print(runner.run());
        }
    }

    private static void print(Collection<RunResult> results) {
        Map<String, Double> peaks = new HashMap<>();
        for (RunResult result : results) {
            if (name(result).startsWith(FmaPeak.class.getSimpleName())) {
                // the best iteration: what else runs on the machine can only slow it down
                peaks.put(result.getParams().getParam(THREADS),
                        result.getSecondaryResults().get(FLOPS).getStatistics().getMax());
            }
        }
        System.out.println();
        for (RunResult result : results) {
            String parameters = result.getParams().getParamsKeys().stream()
                    .map(key -> key + " " + result.getParams().getParam(key)).collect(Collectors.joining(", "));
            String rates = result.getSecondaryResults().keySet().stream()
                    .map(counter -> "%,12.1f %s/s".formatted(rate(result, counter), counter))
                    .collect(Collectors.joining());
            System.out.printf("%-24s%-40s%s%s%n", name(result), parameters, rates, share(result, peaks));
        }
    }

    private static String share(RunResult result, Map<String, Double> peaks) {
        Double peak = peaks.get(result.getParams().getParam(THREADS));
        return peak == null
                ? ""
                : ", %.0f %% of peak".formatted(100 * rate(result, FLOPS) / peak);
    }

    private static double rate(RunResult result, String counter) {
        return result.getSecondaryResults().get(counter).getScore();
    }

    /** Class and method. */
    static String name(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    }
}
