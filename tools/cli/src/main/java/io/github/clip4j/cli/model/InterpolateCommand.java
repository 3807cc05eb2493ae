package io.github.clip4j.cli.model;

import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.cli.shared.ActivationOption;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.train.Interpolation;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "interpolate",
        description = "Write the model between two checkpoints, (1 - A) base + A tuned for each weight: what fine-tuning "
                + "taught, with more of what it forgot (WiSE-FT).",
        footerHeading = "%nExample:%n",
        footer = "  clip interpolate --base clip-vit-base-patch32 --tuned run/best --alpha 0.5 --output between")
public final class InterpolateCommand implements Callable<Integer> {
    @Option(names = "--base", paramLabel = "MODEL", required = true, converter = ModelArgument.Converter.class,
            description = "Model before fine-tuning.")
    private ModelArgument base;

    @Option(names = "--tuned", paramLabel = "MODEL", required = true, converter = ModelArgument.Converter.class,
            description = "Model after fine-tuning; its tokenizer and preprocessing are taken.")
    private ModelArgument tuned;

    @Mixin
    private ActivationOption activation;

    @Option(names = "--alpha", paramLabel = "A", required = true, description = "0 is all base, 1 all tuned.")
    private double alpha;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Folder to write, new or empty.")
    private Path output;

    @Override
    public Integer call() {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new UsageException("--alpha " + alpha + ": expected 0 to 1");
        }
        try (PublishedModel from = activation.open(base.locate());
                PublishedModel to = activation.open(tuned.locate())) {
            CheckpointFolder.of(to).write(output, Interpolation.of(from.weights(), to.weights(), alpha));
        }
        return 0;
    }
}
