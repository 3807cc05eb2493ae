package io.github.clip4j.cli.evaluate;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.cli.shared.ActivationOption;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.evaluate.ClassFigures;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.tokenizer.Variant;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "evaluate",
        description = "Measure models on images with captions: zero-shot classification (an image's class is its file "
                + "name up to the first _) and retrieval between images and captions. Captions longer than a model's "
                + "context are cut off.",
        footerHeading = "%nExample:%n",
        footer = "  clip evaluate --data rsicd/valid.jsonl --classes rsicd/class-names.json --model rsicd-small "
                + "--report report.html")
public final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private DataOptions data;

    @ArgGroup(exclusive = false, heading = "%nA second data set tells what fine-tuning made a model forget: every "
            + "model is measured on both, the first one being the base of comparison.%n")
    private SecondData second;

    private static final class SecondData {
        @Option(names = "--second-data", paramLabel = "FILE", required = true, description = "As --data.")
        private Path lines;

        @Option(names = "--second-images", paramLabel = "DIR", description = "As --images.")
        private Path images;

        @Option(names = "--second-classes", paramLabel = "FILE", description = "As --classes.")
        private Path classes;

        @Option(names = "--second-template", paramLabel = "TEXT", description = "As --template.")
        private List<String> templates;
    }

    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Model, a folder or a name (default: the small model of aerial photographs that ships inside). Given several "
                    + "times, the models are compared.")
    private List<ModelArgument> models;

    @Mixin
    private ActivationOption activation;

    @Option(names = "--ensemble", description = "Classify also by the mean of all templates' embeddings.")
    private boolean ensemble;

    @Option(names = "--variant", paramLabel = "NAME", defaultValue = "transformers",
            description = "Tokenizer to follow: transformers or openai (default: ${DEFAULT-VALUE}).")
    private Variant variant;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--json", description = "Print an object for each model, one a line.")
    private boolean json;

    @Option(names = "--report", paramLabel = "X.html",
            description = "Write one self-contained page: tables, confusion matrix, right and wrong examples.")
    private Path report;

    @Override
    public Integer call() {
        ClipOptions options = activation
                .addTo(ClipOptions.DEFAULT.withThreads(threads.count()).withVariant(variant));
        List<EvaluationData> sets = sets();
        if (report == null) {
            evaluate(sets, options);
            return 0;
        }
        InputFiles.requireDistinct(sets.stream().flatMap(EvaluationData::files).map(Path::toString).toList(),
                List.of(report));
        try (OutputFile file = new OutputFile(report)) {
            file.append(EvaluationReport.of(evaluate(sets, options)));
            file.commit();
        }
        return 0;
    }

    private List<EvaluationData> sets() {
        EvaluationData first = data.with(ensemble);
        return second == null
                ? List.of(first)
                : List.of(first, EvaluationData.of(second.lines, second.images, second.classes, second.templates,
                        ensemble));
    }

    /** Prints the evaluations and returns them: for each data set those of all models. */
    private List<List<Evaluation>> evaluate(List<EvaluationData> sets, ClipOptions options) {
        PrintWriter out = spec.commandLine().getOut();
        List<List<Evaluation>> evaluations = sets.stream().<List<Evaluation>>map(_ -> new ArrayList<>()).toList();
        try (Kernels kernels = Kernels.create(options.threads())) {
            for (ModelArgument model : models()) {
                try (Clip clip = Clip.open(models == null ? AerialModel.folder() : model.locate(), options)) {
                    for (int i = 0; i < sets.size(); i++) {
                        evaluations.get(i).add(evaluate(model, clip, sets.get(i), kernels));
                    }
                } catch (IllegalArgumentException | ArithmeticException e) {
                    throw new DataException(model.text() + ": cannot be evaluated: " + e.getMessage(), e);
                }
                if (json) {
                    out.println(EvaluationJson.object(evaluations.stream().map(List::getLast).toList()));
                }
            }
        }
        evaluations.forEach(ofModels -> warn(ofModels.getFirst()));
        if (!json) {
            EvaluationTables.of(evaluations).forEach(out::println);
        }
        return evaluations;
    }

    private Set<ModelArgument> models() {
        return models == null ? Set.of(new ModelArgument(AerialModel.NAME)) : new LinkedHashSet<>(models);
    }

    private Evaluation evaluate(ModelArgument model, Clip clip, EvaluationData set, Kernels kernels) {
        return set.evaluate(model.text(), clip, threads.count(), kernels);
    }

    private void warn(Evaluation evaluation) {
        List<ClassFigures> classes = evaluation.zeroShot().perClass();
        List<String> empty = classes.stream().filter(figures -> figures.images() == 0).map(ClassFigures::name).toList();
        if (!empty.isEmpty()) {
            spec.commandLine().getErr()
                    .println(Failures.oneLine("clip: %s: no image of %d of the %d classes, which are "
                            .formatted(evaluation.data(), empty.size(), classes.size())
                            + "answers to choose from all the same: "
                            + String.join(", ", empty.subList(0, Math.min(10, empty.size())))
                            + (empty.size() > 10 ? "..." : "")));
        }
    }
}
