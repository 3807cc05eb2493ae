package io.github.clip4j.cli.metrics;

import io.github.clip4j.cli.metrics.LineChart.Point;
import io.github.clip4j.cli.metrics.LineChart.Line;
import java.util.List;

/** Loss and accuracy of a training run as a picture. */
public final class RunChart {
    private RunChart() {}

    /** An SVG file's text. */
    public static String svg(List<Measurement> measurements) {
        return LineChart.svg(List.of(
                new LineChart("Loss", List.of(
                        line("training", false, "loss", measurements),
                        line("validation", true, "validation_loss", measurements))),
                new LineChart("Accuracy", List.of(
                        line("image finds its text", false, "image_accuracy", measurements),
                        line("zero-shot top-1", true, "zero_shot_top1", measurements)))));
    }

    private static Line line(String title, boolean points, String name, List<Measurement> measurements) {
        return new Line(title, points, measurements.stream().filter(at -> at.values().containsKey(name))
                .map(at -> new Point(at.step(), at.values().get(name))).toList());
    }
}
