package io.github.clip4j.cli;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.tokenizer.Variant;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {
    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Folder with config.json and model.safetensors, as Hugging Face publishes CLIP models.")
    private Path model;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--variant", paramLabel = "NAME", converter = VariantConverter.class, defaultValue = "transformers", description = "Tokenizer to follow: transformers or openai (default: ${DEFAULT-VALUE}).")
    private Variant variant;

    @Option(names = "--truncate", description = "Cut off texts that are longer than the model's context.")
    private boolean truncate;

    /** Opens the model. */
    Clip open() {
        if (threads < 1) {
            throw new UsageException("--threads " + threads + ": at least 1 is needed");
        }
        return Clip.open(model, ClipOptions.DEFAULT.withThreads(threads).withVariant(variant).withTruncate(truncate));
    }

    static final class VariantConverter implements ITypeConverter<Variant> {
        @Override
        public Variant convert(String value) {
            return Variant.valueOf(value.toUpperCase(Locale.ROOT));
        }
    }
}
