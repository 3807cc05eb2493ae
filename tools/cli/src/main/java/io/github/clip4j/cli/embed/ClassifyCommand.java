package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.Prediction;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.ImageInput;
import io.github.clip4j.cli.shared.ImageListOption;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.TextFile;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.shared.VisibleWriter;
import io.github.clip4j.image.ImageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "classify", description = "Tell how well labels fit images, without training on them.",
        footerHeading = "%nExample:%n",
        footer = "  clip classify cat.jpg --labels cat,dog,house --model clip-vit-base-patch32")
public final class ClassifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(false);

    @Parameters(paramLabel = "IMAGE", arity = "0..*",
            description = "Image file, its http(s) address, or - for standard input.")
    private List<String> images = List.of();

    @Mixin
    private ImageListOption list;

    @ArgGroup(multiplicity = "1")
    private Labels labels;

    private static final class Labels {
        @Option(names = "--labels", paramLabel = "A,B,C", required = true, description = "Labels, separated by commas.")
        private String list;

        @Option(names = "--labels-file", paramLabel = "FILE", required = true,
                description = "File with a label a line.")
        private Path file;

        List<String> read() {
            return file == null
                    ? Arrays.stream(list.split(",", -1)).map(String::strip).toList()
                    : TextFile.items(file);
        }

        /** What is wrong with a label is wrong with the command line, or with the file that it comes from. */
        RuntimeException error(IllegalArgumentException e) {
            return file == null
                    ? new UsageException(e.getMessage())
                    : new DataException(file + ": " + e.getMessage(), e);
        }
    }

    @Option(names = "--template", paramLabel = "TEXT",
            description = "Prompt with {} for the label; given several times, the prompts' mean is taken "
                    + "(default: \"an aerial photograph of {}\"; with --model, \"a photo of a {}\").")
    private List<String> templates;

    @Option(names = "--none",
            description = "Tell also how likely none of the labels fits. The probabilities are then those of a calibration.")
    private boolean none;

    @Option(names = "--calibration", paramLabel = "FILE",
            description = "What clip calibrate has written, for --none (default: " + Calibration.FILE
                    + " beside the model).")
    private Path calibrationFile;

    @Option(names = "--top", paramLabel = "K", description = "Print the K best labels (default: all).")
    private int top = Integer.MAX_VALUE;

    @Option(names = "--json", description = "Print an object for each image, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        if (top < 1) {
            throw new UsageException("--top " + top + ": at least 1 is needed");
        }
        if (images.isEmpty() != list.isGiven()) {
            throw new UsageException("expected the names of images, or --images-from");
        }
        if (calibrationFile != null && !none) {
            throw new UsageException("--calibration: is for --none");
        }
        images = list.isGiven() ? list.names() : images;
        model.check();
        templates = templates == null ? List.of(model.template()) : templates;
        List<String> names = labels.read();
        Failures failures = new Failures(spec.commandLine().getErr());
        ImageInput input = new ImageInput(orientation.decoder());
        try {
            LabelEmbeddings.check(none ? Stream.concat(names.stream(), Stream.of(Prediction.NONE)).toList() : names,
                    templates);
        } catch (IllegalArgumentException e) {
            throw labels.error(e);
        }
        Optional<Calibration> calibration = none ? Optional.of(calibration()) : Optional.empty();
        try (Clip clip = images.size() == 1 ? model.openLazily() : model.open()) {
            LabelEmbeddings embedded = embed(clip, names);
            for (String image : images) {
                try {
                    float[] embedding = clip.embedImages(List.of(input.read(image))).getFirst();
                    List<Prediction> predictions = calibration.map(found -> clip.classify(embedding, embedded, found))
                            .orElseGet(() -> clip.classify(embedding, embedded));
                    print(image, predictions.subList(0, Math.min(top, predictions.size())));
                } catch (ImageException | DataException e) {
                    failures.add(e.getMessage());
                }
            }
        }
        return failures.exitCode();
    }

    private Calibration calibration() {
        return calibrationFile == null
                ? model.calibration().orElseThrow(() -> new DataException(
                        "%s: has no %s, which --none needs; write it with clip calibrate, or name it with --calibration"
                                .formatted(model.name(), Calibration.FILE)))
                : Calibration.read(calibrationFile);
    }

    private LabelEmbeddings embed(Clip clip, List<String> names) {
        try {
            return clip.embedLabels(names, templates);
        } catch (IllegalArgumentException e) {
            throw labels.error(e);
        }
    }

    private void print(String image, List<Prediction> predictions) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object(object -> {
                object.writeStringField("image", image);
                object.writeArrayFieldStart("labels");
                for (Prediction prediction : predictions) {
                    object.writeStartObject();
                    object.writeStringField("label", prediction.label());
                    object.writeNumberField("probability", prediction.probability());
                    object.writeNumberField("logit", prediction.logit());
                    object.writeEndObject();
                }
                object.writeEndArray();
            }));
            return;
        }
        if (images.size() > 1) {
            out.println(VisibleWriter.line(image));
        }
        Table.of(predictions).forEach(out::println);
    }
}
