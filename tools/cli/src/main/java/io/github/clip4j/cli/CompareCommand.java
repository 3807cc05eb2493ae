package io.github.clip4j.cli;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.evaluate.Deviation;
import io.github.clip4j.evaluate.ReferenceComparison;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "compare",
        description = "Run recorded inputs through a model and tell at every stage how far it is from what another "
                + "implementation computed.",
        footerHeading = "%nExample:%n", footer = "  clip compare --reference reference/models/quick-gelu")
final class CompareCommand implements Callable<Integer> {
    /** Float64 leaves only our own rounding errors; float32 adds those of the other implementation. */
    private static final double EXACT = 0.2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR",
            description = "Model folder (default: the reference folder if it holds config.json; the synthetic model if it "
                    + "holds weights-checksums.json).")
    private Path model;

    @Option(names = "--reference", paramLabel = "DIR", required = true,
            description = "Folder with inputs.safetensors, expected.safetensors and, computed in float64, truth.safetensors.")
    private Path reference;

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
        List<Deviation> deviations = compare();
        Optional<Deviation> first = deviations.stream().filter(deviation -> !within(deviation)).findFirst();
        if (json) {
            printJson(deviations, first);
        } else {
            print(deviations, first);
        }
        return first.isPresent() ? 1 : 0;
    }

    private List<Deviation> compare() {
        if (!Files.isDirectory(reference)) {
            throw new DataException(reference + ": there is no such folder");
        }
        boolean own = Files.exists(reference.resolve("config.json"));
        boolean synthetic = model == null && !own && Files.exists(reference.resolve("weights-checksums.json"));
        if (model == null && !own && !synthetic) {
            throw new UsageException(reference + ": no model in this folder, give one with --model");
        }
        Path folder = model == null ? reference : model;
        ClipConfig config = synthetic ? ClipConfig.VIT_B_32 : ClipConfig.read(folder.resolve("config.json"));
        try (Kernels kernels = Kernels.create(threads.count());
                Checkpoint weights = synthetic ? new SyntheticCheckpoint() : Checkpoint.open(folder)) {
            return ReferenceComparison.run(new ClipModel(config, weights, kernels), reference);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new DataException(reference + ": does not fit the model: " + e.getMessage(), e);
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
            rows.add(List.of(deviation.stage(), file(deviation), "%.2e".formatted(deviation.absolute()),
                    "%.2e".formatted(deviation.relative()), within(deviation) ? "" : "diverges"));
        }
        PrintWriter out = spec.commandLine().getOut();
        Table.aligned(rows).forEach(out::println);
        out.println(first.map(deviation -> "first stage that diverges: " + deviation.stage())
                .orElse("all within %.0e of expected, %.0e of truth".formatted(tolerance, EXACT * tolerance)));
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
