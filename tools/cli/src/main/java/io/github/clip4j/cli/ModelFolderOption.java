package io.github.clip4j.cli;

import io.github.clip4j.aerial.AerialModel;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model: the small one that ships inside, unless another is named. */
final class ModelFolderOption {
    @Option(names = "--model", paramLabel = "DIR",
            description = "Folder with config.json and model.safetensors, as Hugging Face publishes CLIP models (default: "
                    + "the small model of aerial photographs that ships inside).")
    private Path folder;

    boolean isGiven() {
        return folder != null;
    }

    /** Names the model for people. */
    String name() {
        return isGiven() ? String.valueOf(folder.toAbsolutePath().normalize().getFileName()) : AerialModel.NAME;
    }

    Path path() {
        return isGiven() ? folder : AerialModel.folder();
    }
}
