package io.github.clip4j.bench;

import java.util.List;
import java.util.Locale;

/** Figures as bars, some beside each other for each piece of work. */
final class Chart {
    private static final int BAR = 18;
    private static final int LEFT = 170;
    private static final int WIDTH = 400;
    private static final int RIGHT = 170;
    /** They stand out on white and on black alike. */
    private static final String[] COLORS = {"#2f81f7", "#d29922", "#a371f7"};

    private Chart() {}

    /** @param text what stands at its end */
    record Bar(double length, String text) {}

    /** @param bars one for each entry of the legend */
    record Group(String name, List<Bar> bars) {}

    static String svg(List<String> legend, List<Group> groups) {
        double longest = groups.stream().flatMap(group -> group.bars.stream()).mapToDouble(Bar::length).max()
                .orElseThrow();
        StringBuilder svg = new StringBuilder();
        int y = 10;
        for (Group group : groups) {
            text(svg, 0, y, group.name);
            for (int i = 0; i < group.bars.size(); i++, y += BAR + 2) {
                double width = WIDTH * group.bars.get(i).length / longest;
                bar(svg, LEFT, y, width, BAR, COLORS[i]);
                text(svg, LEFT + width + 6, y, group.bars.get(i).text);
            }
            y += BAR;
        }
        for (int i = 0, x = 0; i < legend.size(); i++, x += 220) {
            bar(svg, x, y + 3, 12, 12, COLORS[i]);
            text(svg, x + 18, y, legend.get(i));
        }
        // one grey that can be read on GitHub's light page and on its dark one
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="sans-serif" font-size="13" fill="#7d8590">
                %3$s</svg>
                """.formatted(LEFT + WIDTH + RIGHT, y + BAR + 10, svg);
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
