package io.github.clip4j.cli.evaluate;

import io.github.clip4j.cli.shared.HtmlTemplate;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.vectors.Row;
import io.github.clip4j.evaluate.ClassFigures;
import io.github.clip4j.evaluate.Reliability;
import io.github.clip4j.evaluate.Reliability.Bin;
import io.github.clip4j.evaluate.ZeroShot;
import io.github.clip4j.evaluate.ZeroShot.Ranking;
import io.github.clip4j.image.ImageDecoder;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** Evaluations as one page of HTML. */
final class EvaluationReport {
    private static final String TEMPLATE = "evaluation-report.mustache";
    /** Examples of each kind, for each model. */
    private static final int EXAMPLES = 24;
    /** Rows of a confusion matrix. */
    private static final int CONFUSED = 60;
    /** Pixels of a cell and of the names beside it. */
    private static final int CELL = 20;
    private static final int NAMES = 130;
    /** Pixels of a side of the reliability diagram. */
    private static final int DIAGRAM = 300;
    /** Characters of a name that fit. */
    private static final int NAME = 20;

    /** What the template shows; the names are those in it. */
    record Page(LocalDate date, List<Section> sections, List<Model> models) {}

    record Section(String title, List<Table> tables) {}

    record Table(List<Cell> headings, List<Row> rows) {}

    record Row(List<Cell> cells) {}

    record Cell(String text, boolean number) {}

    record Model(String name, List<Tile> tiles, List<Bar> reliability, String calibrationError, Confusion confusion,
            int mistaken, List<Example> mistakes,
            List<Example> right, List<ClassRow> classes) {}

    /** Answers of about the same probability: how many were right, in a diagram of a side of {@link #DIAGRAM}. */
    record Bar(int x, int y, int width, int height, String opacity, String title) {}

    record Tile(String value, String label) {}

    record ClassRow(String name, int images, List<String> shares) {}

    record Confusion(boolean partial, int shown, int start, int size, List<Axis> axes, List<Count> counts) {}

    record Axis(String name, int at, int middle) {}

    record Count(int x, int y, String kind, String opacity, int count, String title) {}

    record Example(String image, String expected, String predicted, String confidence, int rank) {}

    private EvaluationReport() {}

    /** @param sets for each data set the evaluations of all models; examples and classes are those of the first set */
    static ByteBuffer of(List<List<Evaluation>> sets) {
        List<Section> sections = new ArrayList<>();
        for (List<Evaluation> models : sets) {
            sections.add(new Section(EvaluationTables.title(models.getFirst()),
                    List.of(table(EvaluationTables.zeroShot(models)), table(EvaluationTables.retrieval(models)))));
        }
        if (EvaluationTables.comparable(sets)) {
            sections.add(new Section("Change from the first model",
                    List.of(table(EvaluationTables.changes(sets)))));
        }
        Page page = new Page(LocalDate.now(), sections,
                sets.getFirst().stream().map(EvaluationReport::model).toList());
        return HtmlTemplate.fill(TEMPLATE, page);
    }

    /** @param rows the first has the headings; a column is of numbers if the second row has one there */
    private static Table table(List<List<String>> rows) {
        List<Boolean> numbers = rows.get(1).stream().map(text -> text.matches("[+-]?\\d+\\.\\d+")).toList();
        List<Row> cells = rows.stream().map(row -> new Row(IntStream.range(0, row.size())
                .mapToObj(i -> new Cell(row.get(i), numbers.get(i))).toList())).toList();
        return new Table(cells.getFirst().cells(), cells.subList(1, cells.size()));
    }

    private static Model model(Evaluation evaluation) {
        ZeroShot zeroShot = evaluation.zeroShot();
        List<Tile> tiles = List.of(new Tile(percent(zeroShot.scoreAt(1)), "score@1"),
                new Tile(percent(zeroShot.scoreAt(5)), "score@5"),
                new Tile(percent(zeroShot.macroF1()), "macro F1"),
                new Tile(percent(evaluation.retrieval().meanRecall()), "mean recall"));
        List<ClassRow> classes = zeroShot.perClass().stream().filter(figures -> figures.images() > 0)
                .sorted(Comparator.comparing(ClassFigures::f1))
                .map(figures -> new ClassRow(figures.name(), figures.images(), List.of(percent(figures.accuracy()),
                        percent(figures.precision()), percent(figures.f1()))))
                .toList();
        List<Integer> mistakes = zeroShot.mistakes();
        return new Model(evaluation.model(), tiles, bars(zeroShot.reliability()),
                String.format(Locale.ROOT, "%.3f", zeroShot.reliability().error()), confusion(zeroShot),
                mistakes.size(),
                examples(evaluation, mistakes), examples(evaluation, firstOfEachClass(zeroShot)), classes);
    }

    private static List<Bar> bars(Reliability reliability) {
        int width = DIAGRAM / Reliability.BINS;
        int most = reliability.bins().stream().mapToInt(Bin::answers).max().orElseThrow();
        return reliability.bins().stream().map(bin -> {
            int height = (int) Math.round(DIAGRAM * bin.accuracy());
            return new Bar(bin.index() * width, DIAGRAM - height, width - 2, height,
                    String.format(Locale.ROOT, "%.2f", 0.2 + 0.8 * bin.answers() / most),
                    "%d images of a probability of %s on the average, of which %s are right".formatted(bin.answers(),
                            percent(bin.confidence()), percent(bin.accuracy())));
        }).toList();
    }

    /** The most confident right image of each class. */
    private static List<Integer> firstOfEachClass(ZeroShot zeroShot) {
        Set<Integer> seen = new HashSet<>();
        return zeroShot.right().stream().filter(image -> seen.add(zeroShot.rankings().get(image).expected())).toList();
    }

    private static List<Example> examples(Evaluation evaluation, List<Integer> images) {
        ZeroShot zeroShot = evaluation.zeroShot();
        List<Example> examples = new ArrayList<>();
        for (int image : images.subList(0, Math.min(EXAMPLES, images.size()))) {
            Ranking ranking = zeroShot.rankings().get(image);
            examples.add(new Example(
                    HtmlTemplate.thumbnail(new ImageDecoder().decode(evaluation.images().get(image))),
                    zeroShot.classes().get(ranking.expected()), zeroShot.classes().get(ranking.predicted()),
                    percent(ranking.confidence()), ranking.rank() + 1));
        }
        return examples;
    }

    /** A row for each class, or for those with the most mistakes where there are many. */
    private static Confusion confusion(ZeroShot zeroShot) {
        List<String> names = zeroShot.classes();
        int[][] counts = zeroShot.confusion();
        int[] images = new int[names.size()];
        int[] mistakes = new int[names.size()];
        zeroShot.rankings().forEach(ranking -> {
            images[ranking.expected()]++;
            mistakes[ranking.expected()] += ranking.right() ? 0 : 1;
        });
        List<Integer> shown = IntStream.range(0, names.size()).boxed()
                .sorted(Comparator.comparing((Integer c) -> mistakes[c]).reversed()).limit(CONFUSED).sorted().toList();
        List<Axis> axes = new ArrayList<>();
        List<Count> cells = new ArrayList<>();
        for (int row = 0; row < shown.size(); row++) {
            int expected = shown.get(row);
            int y = NAMES + row * CELL;
            String name = names.get(expected);
            axes.add(new Axis(name.length() <= NAME ? name : name.substring(0, NAME - 1) + "…", y, y + CELL / 2));
            for (int column = 0; column < shown.size(); column++) {
                int predicted = shown.get(column);
                int count = counts[expected][predicted];
                if (count > 0) {
                    double share = (double) count / images[expected];
                    String kind = (predicted == expected ? "good" : "bad") + (share > 0.6 ? " strong" : "");
                    cells.add(new Count(NAMES + column * CELL, y, kind,
                            String.format(Locale.ROOT, "%.2f", 0.1 + 0.9 * share), count,
                            "%d of %d images of %s taken for %s".formatted(count, images[expected],
                                    names.get(expected), names.get(predicted))));
                }
            }
        }
        return new Confusion(shown.size() < names.size(), shown.size(), NAMES, NAMES + shown.size() * CELL, axes,
                cells);
    }

    private static String percent(double fraction) {
        return Double.isNaN(fraction) ? "–" : String.format(Locale.ROOT, "%.1f%%", 100 * fraction);
    }
}
