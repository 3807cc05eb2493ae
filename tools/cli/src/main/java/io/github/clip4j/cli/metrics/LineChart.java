package io.github.clip4j.cli.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Gatherers;

/**
 * Lines over the steps of training, drawn as SVG for a light and a dark page.
 *
 * @param title what the vertical axis shows
 */
record LineChart(String title, List<Line> lines) {
    /** @param points whether each point is marked, for lines of few */
    record Line(String name, boolean points, List<Point> at) {}

    record Point(double step, double value) {}

    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int LEFT = 64;
    private static final int TOP = 44;
    private static final int PLOT_WIDTH = WIDTH - LEFT - 24;
    private static final int PLOT_HEIGHT = HEIGHT - TOP - 48;
    /** Lines with more points than this are drawn through means, or nobody could tell them from a band. */
    private static final int MAX_POINTS = PLOT_WIDTH / 2;

    private static final String STYLE = """
            svg { --page: #ffffff; --ink: #1f2328; --faint: #d1d9e0; --line0: #0969da; --line1: #bc4c00; }
            @media (prefers-color-scheme: dark) {
              svg { --page: #0d1117; --ink: #e6edf3; --faint: #3d444d; --line0: #4493f8; --line1: #f0883e; }
            }
            svg { background: var(--page); font: 13px sans-serif; }
            text { fill: var(--ink); }
            .title { font-weight: bold; }
            .grid { stroke: var(--faint); }
            .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
            .end { text-anchor: end; }
            .middle { text-anchor: middle; }
            """;

    /** Charts below each other. */
    static String svg(List<LineChart> charts) {
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\">\n"
                        .formatted(WIDTH, HEIGHT * charts.size()));
        svg.append("<style>\n").append(STYLE).append("</style>\n");
        for (int i = 0; i < charts.size(); i++) {
            append(svg, "<g transform=\"translate(0 %d)\">\n", i * HEIGHT);
            charts.get(i).draw(svg);
            svg.append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg) {
        List<Line> drawn = lines.stream().filter(line -> !line.at.isEmpty()).map(LineChart::thinned).toList();
        List<Point> all = drawn.stream().flatMap(line -> line.at.stream()).toList();
        Axis steps = Axis.of(all.stream().mapToDouble(Point::step).toArray(), 1);
        Axis values = Axis.of(all.stream().mapToDouble(Point::value).toArray(), 1e-3);
        append(svg, "<text class=\"title\" x=\"%d\" y=\"24\">%s</text>\n", LEFT, title);
        for (double value = values.from; value <= values.to + values.tick / 2; value += values.tick) {
            double y = y(values, value);
            append(svg, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, LEFT + PLOT_WIDTH,
                    y, y);
            append(svg, "<text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT - 8, y + 4, values.label(value));
        }
        for (double step = steps.from; step <= steps.to + steps.tick / 2; step += steps.tick) {
            append(svg, "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>\n", x(steps, step),
                    TOP + PLOT_HEIGHT + 18, steps.label(step));
        }
        append(svg, "<text class=\"middle\" x=\"%d\" y=\"%d\">step</text>\n", LEFT + PLOT_WIDTH / 2,
                TOP + PLOT_HEIGHT + 36);
        for (int i = 0; i < drawn.size(); i++) {
            legend(svg, drawn.get(i).name, i);
            curve(svg, drawn.get(i), i, steps, values);
        }
    }

    private static void legend(StringBuilder svg, String name, int index) {
        int x = WIDTH - 24 - 180 * (index + 1);
        append(svg, "<line class=\"line\" stroke=\"var(--line%d)\" x1=\"%d\" x2=\"%d\" y1=\"20\" y2=\"20\"/>\n", index,
                x,
                x + 20);
        append(svg, "<text x=\"%d\" y=\"24\">%s</text>\n", x + 28, name);
    }

    private static void curve(StringBuilder svg, Line line, int index, Axis steps, Axis values) {
        append(svg, "<polyline class=\"line\" stroke=\"var(--line%d)\" points=\"", index);
        for (Point point : line.at) {
            append(svg, "%.1f,%.1f ", x(steps, point.step), y(values, point.value));
        }
        svg.append("\"/>\n");
        if (line.points || line.at.size() == 1) {
            for (Point point : line.at) {
                append(svg, "<circle fill=\"var(--line%d)\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", index,
                        x(steps, point.step), y(values, point.value));
            }
        }
    }

    private static double x(Axis steps, double step) {
        return LEFT + PLOT_WIDTH * steps.share(step);
    }

    private static double y(Axis values, double value) {
        return TOP + PLOT_HEIGHT * (1 - values.share(value));
    }

    /** Neighbouring points replaced by their mean until they are few enough. */
    private static Line thinned(Line line) {
        int group = Math.ceilDiv(line.at.size(), MAX_POINTS);
        List<Point> means = line.at.stream().gather(Gatherers.windowFixed(group))
                .map(points -> new Point(points.stream().mapToDouble(Point::step).average().orElseThrow(),
                        points.stream().mapToDouble(Point::value).average().orElseThrow()))
                .toList();
        return new Line(line.name, line.points, means);
    }

    private static void append(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments));
    }

    /** From and to are multiples of the distance between ticks. */
    private record Axis(double from, double to, double tick) {
        private static final int TICKS = 6;

        /** The narrowest that holds all values, with ticks at 1, 2 or 5 times a power of ten. */
        static Axis of(double[] values, double smallestTick) {
            double low = Arrays.stream(values).min().orElse(0);
            double high = Arrays.stream(values).max().orElse(1);
            double least = Math.max(smallestTick, (high - low) / TICKS);
            double power = Math.pow(10, Math.floor(Math.log10(least) + 1e-9));
            double tick = power
                    * (least <= power * 1.000001 ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
            double from = Math.floor(low / tick) * tick;
            return new Axis(from, Math.max(from + tick, Math.ceil(high / tick) * tick), tick);
        }

        double share(double value) {
            return (value - from) / (to - from);
        }

        /** With as many decimals as tell the ticks apart. */
        String label(double value) {
            int decimals = (int) Math.max(0, Math.ceil(-Math.log10(tick) - 1e-9));
            return String.format(Locale.ROOT, "%,." + decimals + "f", value + 0.0);
        }
    }
}
