package io.github.clip4j.cli.evaluate;

import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.evaluate.CalibrationFit;
import io.github.clip4j.evaluate.Reliability;
import io.github.clip4j.kernels.Kernels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "calibrate",
        description = "Find out, on images whose classes are known and which the model was not trained on, how sure it may be "
                + "that an image shows none of some labels, for clip classify --none.",
        footerHeading = "%nExample:%n",
        footer = "  clip calibrate --data rsicd/valid.jsonl --classes rsicd/class-names.json --model rsicd-small "
                + "--output rsicd-small/calibration.json")
public final class CalibrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private DataOptions data;

    @Mixin
    private ModelOptions model;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "File to write; as " + Calibration.FILE
                    + " beside the model's weights it is found by itself.")
    private Path output;

    @Override
    public Integer call() {
        int threads = model.check().threads();
        EvaluationData set = data.with(false);
        InputFiles.requireDistinct(set.files().map(Path::toString).toList(), List.of(output));
        OutputFile.check(output);
        try (Clip clip = model.open(); Kernels kernels = Kernels.create(threads)) {
            CalibrationFit fit = set.calibration(clip, threads, kernels);
            Calibration calibration = fit.fit();
            Reliability reliability = fit.crossCheck();
            calibration.write(output);
            spec.commandLine().getOut().println(String.format(Locale.ROOT,
                    "%s: temperature %.4f, none at a cosine of %.4f%nby every other image, on %,d questions about those "
                            + "between: right %.1f %%, expected calibration error %.4f",
                    output, calibration.temperature(), calibration.none(), reliability.answers(),
                    100 * reliability.accuracy(), reliability.error()));
        } catch (IllegalArgumentException e) {
            throw new DataException(model.name() + ": cannot be calibrated: " + e.getMessage(), e);
        }
        return 0;
    }
}
