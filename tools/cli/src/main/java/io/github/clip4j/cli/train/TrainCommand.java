package io.github.clip4j.cli.train;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "train", description = "Train a model on images with captions, from a checkpoint or from scratch.",
        footerHeading = "%nExamples:%n",
        footer = {"  clip train --model clip-vit-base-patch32 --data rsicd --train train.jsonl \\",
                "    --valid valid.jsonl --epochs 5 --learning-rate 1e-5 --output run",
                "  clip train --resume --output run"})
public final class TrainCommand implements Callable<Integer> {
    private static final String SETTINGS = "settings.json";
    /** Settings that do not change what a run comes to. */
    private static final Set<String> FREE = Set.of("data", "train", "valid", "classes", "output", "keep", "max-minutes",
            "loader-threads", "threads");

    @Spec
    private CommandSpec spec;

    @Option(names = "--settings", paramLabel = "FILE",
            description = "JSON or YAML file with any of the options below, named without their dashes; the command line "
                    + "wins.")
    private Path settings;

    @Option(names = "--resume",
            description = "Go on with the run in --output, from its last checkpoint, with its settings.")
    private boolean resume;

    @Mixin
    private TrainOptions options;

    @Override
    public Integer call() {
        TrainOptions run = resume ? resumed() : begun();
        Path file = run.output.resolve(SETTINGS);
        return new TrainingRun(run, spec.commandLine().getOut())
                .call(() -> SettingsFile.write(SettingsFile.settings(run), file));
    }

    private List<OptionSpec> given() {
        return spec.commandLine().getParseResult().matchedOptions();
    }

    /** The options of a new run, in a folder of its own. */
    private TrainOptions begun() {
        TrainOptions resolved = options;
        if (settings != null) {
            resolved = new TrainOptions();
            SettingsFile.apply(settings, given(), resolved);
        }
        resolved.check();
        Path folder = resolved.output;
        try {
            if (Files.exists(folder.resolve(SETTINGS))) {
                throw new DataException(
                        folder + ": holds a run already; go on with it by --resume, or name another folder");
            }
            Files.createDirectories(folder);
            try (Stream<Path> content = Files.list(folder)) {
                if (content.findAny().isPresent()) {
                    throw new DataException(folder + ": is not empty; name another folder");
                }
            }
        } catch (IOException e) {
            throw new DataException(folder + ": expected a folder that can be written to: " + e, e);
        }
        return resolved;
    }

    /** The options of a run that was begun, but for those that may change. */
    private TrainOptions resumed() {
        if (settings != null || options.output == null) {
            throw new UsageException("--resume: expected --output, the folder of the run, and no --settings");
        }
        Path file = options.output.resolve(SETTINGS);
        if (!Files.exists(file)) {
            throw new DataException(options.output + ": holds no run to go on with: there is no " + SETTINGS);
        }
        TrainOptions before = new TrainOptions();
        SettingsFile.apply(file, List.of(), before);
        TrainOptions now = new TrainOptions();
        SettingsFile.apply(file, given(), now);
        Map<String, Object> old = SettingsFile.settings(before);
        SettingsFile.settings(now).forEach((name, value) -> {
            if (!FREE.contains(name) && !Objects.equals(value, old.get(name))) {
                throw new UsageException("--" + name + " " + value + ": the run was begun with " + old.get(name)
                        + ", and goes on with it");
            }
        });
        now.check();
        return now;
    }
}
