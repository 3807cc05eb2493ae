package io.github.clip4j.bench;

import java.util.Locale;

/** A comparison as bars: how many times as fast as the second peer each one is. */
final class Chart {
    private static final int BAR = 18;
    private static final int LEFT = 170;
    private static final int WIDTH = 400;
    /** Of clip4j, then the others; they stand out on white and on black alike. */
    private static final String[] COLORS = {"#2f81f7", "#d29922", "#a371f7"};

    private Chart() {}

    static String svg(Comparison comparison) {
        StringBuilder svg = new StringBuilder();
        double longest = 0;
        for (Comparison.Row row : comparison.rows()) {
            for (int peer = 0; peer < comparison.peers().size(); peer++) {
                longest = Math.max(longest, row.speed(peer, 1));
            }
        }
        int y = 10;
        for (Comparison.Row row : comparison.rows()) {
            text(svg, 0, y, row.work());
            for (int peer = 0; peer < comparison.peers().size(); peer++, y += BAR + 2) {
                double speed = row.speed(peer, 1);
                double width = WIDTH * speed / longest;
                bar(svg, LEFT, y, width, BAR, COLORS[peer]);
                text(svg, LEFT + width + 6, y, String.format(Locale.ROOT, "%s (%.2f ×)", row.figure(peer), speed));
            }
            y += BAR;
        }
        for (int peer = 0, x = 0; peer < comparison.peers().size(); peer++, x += 220) {
            bar(svg, x, y + 3, 12, 12, COLORS[peer]);
            text(svg, x + 18, y, comparison.peers().get(peer));
        }
        // one grey that can be read on GitHub's light page and on its dark one
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="sans-serif" font-size="13" fill="#7d8590">
                %3$s</svg>
                """.formatted(LEFT + WIDTH + 120, y + BAR + 10, svg);
    }

    private static void bar(StringBuilder svg, int x, int y, double width, int height, String color) {
        String bar = "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n";
        svg.append(String.format(Locale.ROOT, bar, x, y, width, height, color));
    }

    /** Beside the bar whose top is y. */
    private static void text(StringBuilder svg, double x, int y, String text) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x, y + 14, text));
    }
}
