package io.github.clip4j.cli.evaluate;

import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.evaluate.TrainingDeviation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code clip compare --training} prints. */
final class TrainingReport {
    private TrainingReport() {}

    static void print(List<TrainingDeviation> deviations, boolean json, PrintWriter out) {
        if (json) {
            out.println(object(deviations));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("results", "largest error", "allowed", "", "in", ""));
        for (TrainingDeviation deviation : deviations) {
            rows.add(List.of(deviation.results(), String.format(Locale.ROOT, "%.2e", deviation.error()),
                    String.format(Locale.ROOT, "%.0e", deviation.bound()),
                    deviation.relative() ? "of the largest value" : "absolute",
                    deviation.worst(), deviation.within() ? "" : "diverges"));
        }
        Table.aligned(rows).forEach(out::println);
        out.println(deviations.stream().filter(deviation -> !deviation.within()).findFirst()
                .map(deviation -> "first results that diverge: " + deviation.results())
                .orElse("all within what is allowed"));
    }

    private static String object(List<TrainingDeviation> deviations) {
        return Json.object(object -> {
            object.writeBooleanField("within", deviations.stream().allMatch(TrainingDeviation::within));
            object.writeArrayFieldStart("results");
            for (TrainingDeviation deviation : deviations) {
                object.writeStartObject();
                object.writeStringField("results", deviation.results());
                object.writeNumberField("error", deviation.error());
                object.writeNumberField("allowed", deviation.bound());
                object.writeBooleanField("relative", deviation.relative());
                object.writeStringField("worst", deviation.worst());
                object.writeBooleanField("within", deviation.within());
                object.writeEndObject();
            }
            object.writeEndArray();
        });
    }
}
