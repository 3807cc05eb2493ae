package io.github.clip4j.cli.shared;

import io.github.clip4j.ClipOptions;
import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model: the small one that ships inside, unless another is named. */
public final class ModelFolderOption {
    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Folder or file of a CLIP as it is published, or the name of one to fetch from Hugging Face, "
                    + "ORGANISATION/NAME[/FILE][@REVISION] (default: the small model of aerial photographs that ships "
                    + "inside).")
    private ModelArgument model;

    @Mixin
    private ActivationOption activation;

    private Path path;

    public boolean isGiven() {
        return model != null;
    }

    /** Names the model for people. */
    public String name() {
        return isGiven() ? model.name() : AerialModel.NAME;
    }

    /** The activation that it is to be run with, if one is given. */
    public Optional<Activation> activation() {
        return activation.value();
    }

    /** The same options, with that activation if one is given. */
    public ClipOptions addTo(ClipOptions options) {
        return activation.addTo(options);
    }

    public PublishedModel open() {
        return open(path());
    }

    /** Another model, to be run in the same way. */
    public PublishedModel open(Path other) {
        return activation.open(other);
    }

    /** Its folder or file, fetched if it has to be. */
    public synchronized Path path() {
        if (path == null) {
            path = isGiven() ? model.locate() : AerialModel.folder();
        }
        return path;
    }
}
