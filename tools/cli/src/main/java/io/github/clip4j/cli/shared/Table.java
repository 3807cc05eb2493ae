package io.github.clip4j.cli.shared;

import io.github.clip4j.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Aligned columns for people. */
public final class Table {
    private static final int BAR = 30;

    private Table() {}

    /** Labels with their probability as a percentage and as a bar. */
    public static List<String> of(List<Prediction> predictions) {
        return bars(predictions.stream().map(prediction -> new Bar(prediction.label(), prediction.probability()))
                .toList());
    }

    /** @param share from 0 to 1 */
    public record Bar(String name, double share) {}

    /** Names with a share as a percentage and as a bar. */
    public static List<String> bars(List<Bar> bars) {
        List<List<String>> rows = new ArrayList<>();
        for (Bar bar : bars) {
            rows.add(List.of(bar.name, String.format(Locale.ROOT, "%6.2f %%", 100 * bar.share),
                    "█".repeat((int) Math.round(BAR * bar.share))));
        }
        return aligned(rows);
    }

    /** Rows of the same number of cells, each column as wide as its widest cell; each row is on one line. */
    public static List<String> aligned(List<List<String>> cells) {
        List<List<String>> rows = cells.stream().map(row -> row.stream().map(VisibleWriter::line).toList()).toList();
        int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            return line.toString().stripTrailing();
        }).toList();
    }
}
