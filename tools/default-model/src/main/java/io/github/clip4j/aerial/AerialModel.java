package io.github.clip4j.aerial;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;

/**
 * The model that ships with this project: a small CLIP of aerial photographs, trained from scratch on the 7,946
 * photographs and 30 classes of RSICD's training split. It knows nothing else; its model card lies beside its weights.
 */
public final class AerialModel {
    /** The artifact, which names the model in tables. */
    public static final String NAME = "clip4j-model-aerial";
    /** What its class prompts looked like in training. */
    public static final String TEMPLATE = "an aerial photograph of {}";

    private AerialModel() {}

    /** Opens the model. */
    public static Clip open() {
        return open(ClipOptions.DEFAULT);
    }

    /** Opens the model to be run as the options say. */
    public static Clip open(ClipOptions options) {
        return Clip.open(folder(), options);
    }

    /**
     * The model's folder as Hugging Face lays it out, for whatever takes one; in a jar, it is a folder of the jar's file
     * system, which stays open as long as the JVM runs.
     */
    public static Path folder() {
        try {
            URI config = AerialModel.class.getResource("model/config.json").toURI();
            if (config.getScheme().equals("jar")) {
                mount(config);
            }
            return Path.of(config).getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mount(URI file) throws IOException {
        try {
            FileSystems.newFileSystem(file, Map.of());
        } catch (FileSystemAlreadyExistsException _) {
            // by an earlier call, or for other files of the same jar
        }
    }
}
