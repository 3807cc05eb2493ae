package io.github.clip4j.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What was timed, as a table in Markdown and as a chart.
 *
 * @param peers names: this project, then the others
 * @param peakGflops the machine's FMA peak in GFLOP/s, on the threads that the peers had
 */
record Comparison(List<String> peers, List<Row> rows, double peakGflops) {
    /**
     * One piece of work.
     *
     * @param items images or texts that it consists of
     * @param latency whether a reader wants milliseconds an item, rather than items a second
     * @param gflop its floating-point operations in units of 10^9
     * @param seconds what it took each peer in each round: [peers][rounds]
     */
    record Row(String work, int items, boolean latency, double gflop, double[][] seconds) {
        /** Seconds, of an even number of rounds the mean of the middle two. */
        double median(int peer) {
            double[] sorted = seconds[peer].clone();
            Arrays.sort(sorted);
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        /** How many times as fast one peer is as another. */
        double speed(int peer, int other) {
            return median(other) / median(peer);
        }

        /** Milliseconds an item or items a second. */
        String figure(int peer) {
            double figure = latency ? 1e3 * median(peer) / items : items / median(peer);
            return String.format(Locale.ROOT, "%.1f", figure);
        }
    }

    String markdown() {
        int others = peers.size();
        String against = IntStream.range(1, others).mapToObj(peer -> " | against " + peers.get(peer))
                .collect(Collectors.joining());
        String head = "| work | " + String.join(" | ", peers) + against + " | share of FMA peak |";
        String rule = "|---" + "|--:".repeat(2 * others) + "|";
        return rows.stream().map(this::line).collect(Collectors.joining("\n", head + "\n" + rule + "\n", "\n"));
    }

    private String line(Row row) {
        String figures = IntStream.range(0, peers.size()).mapToObj(peer -> " | " + row.figure(peer))
                .collect(Collectors.joining());
        String ratios = IntStream.range(1, peers.size())
                .mapToObj(peer -> String.format(Locale.ROOT, " | %.2f ×", row.speed(0, peer)))
                .collect(Collectors.joining());
        long percent = Math.round(100 * row.gflop() / row.median(0) / peakGflops);
        return "| " + row.work() + figures + ratios + " | " + percent + " % |";
    }

    /** Bars as long as the peers are fast. */
    String svg() {
        return Chart.svg(peers, rows.stream().map(row -> new Chart.Group(row.work(),
                IntStream.range(0, peers.size()).mapToObj(peer -> bar(row, peer)).toList())).toList());
    }

    private static Chart.Bar bar(Row row, int peer) {
        double speed = row.speed(peer, 1);
        return new Chart.Bar(speed, String.format(Locale.ROOT, "%s (%.2f ×)", row.figure(peer), speed));
    }
}
