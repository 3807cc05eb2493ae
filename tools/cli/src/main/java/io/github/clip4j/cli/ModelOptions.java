package io.github.clip4j.cli;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.tokenizer.Variant;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that embeds. */
final class ModelOptions {
    @Option(names = "--model", paramLabel = "DIR", required = true,
            description = "Folder with config.json and model.safetensors, as Hugging Face publishes CLIP models.")
    private Path folder;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--variant", paramLabel = "NAME", defaultValue = "transformers",
            description = "Tokenizer to follow: transformers or openai (default: ${DEFAULT-VALUE}).")
    private Variant variant;

    @Option(names = "--truncate", description = "Cut off texts that are longer than the model's context.")
    private boolean truncate;

    /** What the model is to be run with, checked without opening it. */
    ClipOptions check() {
        return ClipOptions.DEFAULT.withThreads(threads.count()).withVariant(variant).withTruncate(truncate);
    }

    Clip open() {
        return Clip.open(folder, check());
    }
}
