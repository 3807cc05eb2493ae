package io.github.clip4j.cli;

import io.github.clip4j.aerial.AerialModel;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model: the small one that ships inside, unless another is named. */
final class ModelFolderOption {
    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Folder with config.json and model.safetensors, as Hugging Face publishes CLIP models, or the name "
                    + "of one to fetch from there, ORGANISATION/NAME[@REVISION] (default: the small model of aerial "
                    + "photographs that ships inside).")
    private ModelArgument model;

    private Path path;

    boolean isGiven() {
        return model != null;
    }

    /** Names the model for people. */
    String name() {
        return isGiven() ? model.name() : AerialModel.NAME;
    }

    /** Its folder or file, fetched if it has to be. */
    synchronized Path path() {
        if (path == null) {
            path = isGiven() ? model.locate() : AerialModel.folder();
        }
        return path;
    }
}
