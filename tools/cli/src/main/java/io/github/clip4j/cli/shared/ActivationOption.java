package io.github.clip4j.cli.shared;

import io.github.clip4j.ClipOptions;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a file of weights does not tell. */
public final class ActivationOption {
    @Option(names = "--activation", paramLabel = "NAME",
            description = "Activation of the model, gelu or quick_gelu, where neither a config nor a name tells it; wins over "
                    + "them.")
    private Activation activation;

    public Optional<Activation> value() {
        return Optional.ofNullable(activation);
    }

    /** The same options, with the activation if one is given. */
    public ClipOptions addTo(ClipOptions options) {
        return value().map(options::withActivation).orElse(options);
    }

    public PublishedModel open(Path model) {
        return PublishedModel.open(model, value());
    }
}
