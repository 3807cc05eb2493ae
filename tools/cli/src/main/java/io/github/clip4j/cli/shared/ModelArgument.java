package io.github.clip4j.cli.shared;

import io.github.clip4j.hub.Hub;
import io.github.clip4j.hub.HubSettings;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/** A model as the command line says it: a folder or file, or else a name for the hub. */
public record ModelArgument(String text) {
    public static final class Converter implements ITypeConverter<ModelArgument> {
        @Override
        public ModelArgument convert(String text) {
            return new ModelArgument(text);
        }
    }

    /** Names the model for people. */
    String name() {
        return Hub.existing(text).map(path -> String.valueOf(path.toAbsolutePath().normalize().getFileName()))
                .orElse(text);
    }

    /** The same model for who is in another folder. */
    public String absolute() {
        return Hub.existing(text).map(path -> path.toAbsolutePath().normalize().toString()).orElse(text);
    }

    /** Its folder or file; what it names is fetched if it has to be, with a bar on a terminal. */
    public Path locate() {
        return Hub.existing(text).orElseGet(() -> {
            try (DownloadProgress progress = new DownloadProgress()) {
                return new Hub(HubSettings.fromEnvironment(), progress).open(Hub.name(text));
            }
        });
    }

    @Override
    public String toString() {
        return text;
    }
}
