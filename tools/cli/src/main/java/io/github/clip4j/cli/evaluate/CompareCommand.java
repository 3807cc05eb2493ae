package io.github.clip4j.cli.evaluate;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedFiles;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.cli.shared.ActivationOption;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.evaluate.Deviation;
import io.github.clip4j.evaluate.ReferenceComparison;
import io.github.clip4j.evaluate.TrainingComparison;
import io.github.clip4j.evaluate.TrainingDeviation;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "compare",
        description = "Run recorded inputs through a model and tell at every stage how far it is from what another "
                + "implementation computed; or train on recorded batches, and tell how far gradients, losses and "
                + "parameters are.",
        footerHeading = "%nExamples:%n", footer = {"  clip compare --reference reference/models/quick-gelu",
                "  clip compare --training --reference reference/training"})
public final class CompareCommand implements Callable<Integer> {
    /** Float64 leaves only our own rounding errors; float32 adds those of the other implementation. */
    private static final double EXACT = 0.2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Model, a folder or a name (default: the reference folder if it holds a config; the synthetic model if it "
                    + "holds weights-checksums.json).")
    private ModelArgument model;

    @Mixin
    private ActivationOption activation;

    @Option(names = "--reference", paramLabel = "DIR", required = true,
            description = "Folder with inputs.safetensors, expected.safetensors and, computed in float64, truth.safetensors; "
                    + "for --training with initial/, batches.safetensors, gradients-batch0.safetensors, trajectory.json and "
                    + "{adamw,adafactor}-after-step-N.safetensors.")
    private Path reference;

    @Option(names = "--training",
            description = "Compare gradients, and six steps or however many are recorded with both optimizers; what is "
                    + "allowed is fixed and printed.")
    private boolean training;

    @Option(names = "--tolerance", paramLabel = "T", defaultValue = "1e-5",
            description = "Largest error that is allowed, relative to the largest value of its stage (default: "
                    + "${DEFAULT-VALUE}); a fifth of it against truth.safetensors.")
    private double tolerance;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--json", description = "Print one object.")
    private boolean json;

    @Override
    public Integer call() {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new UsageException("--tolerance " + tolerance + ": expected a number between 0 and 1");
        }
        if (training) {
            return compareTraining();
        }
        List<Deviation> deviations = compare();
        Optional<Deviation> first = deviations.stream().filter(deviation -> !within(deviation)).findFirst();
        if (json) {
            printJson(deviations, first);
        } else {
            print(deviations, first);
        }
        return first.isPresent() ? 1 : 0;
    }

    private int compareTraining() {
        for (String option : List.of("--model", "--tolerance")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new UsageException(
                        option + " cannot be given with --training: the model is the folder initial of "
                                + "the reference, and what is allowed is fixed");
            }
        }
        checkReference();
        try (Kernels kernels = Kernels.create(threads.count())) {
            List<TrainingDeviation> deviations = TrainingComparison.run(reference, kernels);
            TrainingReport.print(deviations, json, spec.commandLine().getOut());
            return deviations.stream().allMatch(TrainingDeviation::within) ? 0 : 1;
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw unfit(e);
        }
    }

    private void checkReference() {
        if (!Files.isDirectory(reference)) {
            throw new DataException(reference + ": there is no such folder");
        }
    }

    private DataException unfit(RuntimeException e) {
        return new DataException(reference + ": does not fit the model: " + e.getMessage(), e);
    }

    private List<Deviation> compare() {
        checkReference();
        boolean own = PublishedFiles.isConfigured(reference);
        boolean synthetic = model == null && !own && Files.exists(reference.resolve("weights-checksums.json"));
        if (model == null && !own && !synthetic) {
            throw new UsageException(reference + ": no model in this folder, give one with --model");
        }
        try (Kernels kernels = Kernels.create(threads.count())) {
            if (synthetic) {
                return ReferenceComparison.run(
                        new ClipModel(ClipConfig.VIT_B_32, new SyntheticCheckpoint(), kernels), reference);
            }
            try (PublishedModel opened = activation.open(model == null ? reference : model.locate())) {
                return ReferenceComparison.run(new ClipModel(opened.config(), opened.weights(), kernels), reference);
            }
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw unfit(e);
        }
    }

    /** Not so if the error is NaN. */
    private boolean within(Deviation deviation) {
        return deviation.relative() <= (deviation.exact() ? EXACT * tolerance : tolerance);
    }

    private static String file(Deviation deviation) {
        return deviation.exact() ? "truth" : "expected";
    }

    private void print(List<Deviation> deviations, Optional<Deviation> first) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("stage", "against", "absolute", "relative", ""));
        for (Deviation deviation : deviations) {
            rows.add(List.of(deviation.stage(), file(deviation),
                    String.format(Locale.ROOT, "%.2e", deviation.absolute()),
                    String.format(Locale.ROOT, "%.2e", deviation.relative()), within(deviation) ? "" : "diverges"));
        }
        PrintWriter out = spec.commandLine().getOut();
        Table.aligned(rows).forEach(out::println);
        out.println(first.map(deviation -> "first stage that diverges: " + deviation.stage())
                .orElse("all within " + String.format(Locale.ROOT, "%.0e of expected", tolerance)
                        + (deviations.stream().anyMatch(Deviation::exact)
                                ? String.format(Locale.ROOT, ", %.0e of truth", EXACT * tolerance)
                                : "")));
    }

    private void printJson(List<Deviation> deviations, Optional<Deviation> first) {
        spec.commandLine().getOut().println(Json.object(object -> {
            object.writeNumberField("tolerance", tolerance);
            object.writeStringField("diverges", first.map(Deviation::stage).orElse(null));
            object.writeArrayFieldStart("stages");
            for (Deviation deviation : deviations) {
                object.writeStartObject();
                object.writeStringField("stage", deviation.stage());
                object.writeStringField("against", file(deviation));
                object.writeNumberField("absolute", deviation.absolute());
                object.writeNumberField("relative", deviation.relative());
                object.writeBooleanField("within", within(deviation));
                object.writeEndObject();
            }
            object.writeEndArray();
        }));
    }
}
