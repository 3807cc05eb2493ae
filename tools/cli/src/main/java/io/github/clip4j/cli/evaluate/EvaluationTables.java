package io.github.clip4j.cli.evaluate;

import io.github.clip4j.cli.evaluate.Evaluation.Prompted;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.evaluate.Recall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Evaluations as tables, for the terminal and the report. The first row of each has the headings. */
final class EvaluationTables {
    /** The k of the scores that are told. */
    static final List<Integer> TOP = List.of(1, 3, 5, 10);

    private EvaluationTables() {}

    /**
     * The lines for a terminal: two tables for each data set and, for two data sets, what changed from the first model.
     */
    static List<String> of(List<List<Evaluation>> sets) {
        List<String> lines = new ArrayList<>();
        for (List<Evaluation> models : sets) {
            lines.add(title(models.getFirst()));
            lines.add("");
            lines.addAll(Table.aligned(zeroShot(models)));
            lines.add("");
            lines.addAll(Table.aligned(retrieval(models)));
            lines.add("");
        }
        if (comparable(sets)) {
            lines.addAll(Table.aligned(changes(sets)));
            lines.add("");
        }
        return lines.subList(0, lines.size() - 1);
    }

    /** Whether there are two data sets and several models. */
    static boolean comparable(List<List<Evaluation>> sets) {
        return sets.size() > 1 && sets.getFirst().size() > 1;
    }

    static String title(Evaluation evaluation) {
        return String.format(Locale.ROOT, "%s: %,d images, %,d captions, %,d classes", evaluation.data(),
                evaluation.images().size(), evaluation.captions(), evaluation.zeroShot().classes().size());
    }

    /** A row for each model and template. */
    static List<List<String>> zeroShot(List<Evaluation> models) {
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("model", "prompt"));
        TOP.forEach(k -> heading.add("score@" + k));
        heading.addAll(List.of("macro F1", "ECE"));
        rows.add(heading);
        for (Evaluation model : models) {
            for (Prompted prompted : model.prompts()) {
                List<String> row = new ArrayList<>(List.of(model.model(), prompted.template()));
                TOP.forEach(k -> row.add(fraction(prompted.zeroShot().scoreAt(k))));
                row.add(fraction(prompted.zeroShot().macroF1()));
                row.add(fraction(prompted.zeroShot().reliability().error()));
                rows.add(row);
            }
        }
        return rows;
    }

    /** A row for each model and direction. */
    static List<List<String>> retrieval(List<Evaluation> models) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "retrieval", "R@1", "R@5", "R@10", "median rank", "mean recall"));
        for (Evaluation model : models) {
            String mean = fraction(model.retrieval().meanRecall());
            rows.add(row(model.model(), "image to text", model.retrieval().imageToText(), mean));
            rows.add(row(model.model(), "text to image", model.retrieval().textToImage(), mean));
        }
        return rows;
    }

    private static List<String> row(String model, String direction, Recall recall, String mean) {
        return List.of(model, direction, fraction(recall.at1()), fraction(recall.at5()), fraction(recall.at10()),
                String.format(Locale.ROOT, "%.1f", recall.medianRank()), mean);
    }

    /** A row for each model after the first and data set: how much better or worse it is there than the first. */
    static List<List<String>> changes(List<List<Evaluation>> sets) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("change from " + sets.getFirst().getFirst().model(), "data", "score@1", "mean recall"));
        for (int m = 1; m < sets.getFirst().size(); m++) {
            for (List<Evaluation> models : sets) {
                Evaluation base = models.getFirst();
                Evaluation model = models.get(m);
                rows.add(List.of(model.model(), model.data().toString(),
                        change(model.zeroShot().scoreAt(1) - base.zeroShot().scoreAt(1)),
                        change(model.retrieval().meanRecall() - base.retrieval().meanRecall())));
            }
        }
        return rows;
    }

    private static String fraction(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String change(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }
}
