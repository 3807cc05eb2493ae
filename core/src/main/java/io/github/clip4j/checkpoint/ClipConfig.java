package io.github.clip4j.checkpoint;

import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;

/**
 * The architecture of a CLIP checkpoint, the contents of {@code config.json}.
 *
 * @param projection width of the shared embedding space
 */
public record ClipConfig(VisionConfig vision, TextConfig text, int projection) {
    /** CLIP ViT-B/32, and what a field that is missing in a file means (CLIPConfig of transformers 5.18). */
    public static final ClipConfig VIT_B_32 = new ClipConfig(
            new VisionConfig(new TowerConfig(768, 3072, 12, 12, Activation.QUICK_GELU, 1e-5f), 224, 32, 3),
            new TextConfig(new TowerConfig(512, 2048, 12, 8, Activation.QUICK_GELU, 1e-5f), 49408, 77, 49407), 512);

    /** @throws IllegalArgumentException naming the field of {@code config.json} that is out of bounds */
    public ClipConfig {
        Check.size("projection_dim", projection, Check.MAX_HIDDEN_SIZE);
    }

    /**
     * Reads a {@code config.json} of model type {@code clip}. Missing and null fields take the values of
     * {@link #VIT_B_32}; {@code projection_dim} is the one outside the sections, as in transformers.
     *
     * @throws CheckpointException naming file, field, what was found and what was expected
     */
    public static ClipConfig read(Path file) {
        return ConfigFile.read(file);
    }

    /**
     * Writes a {@code config.json} that transformers loads as a CLIPModel.
     *
     * @throws CheckpointException if the file cannot be written
     */
    public void write(Path file) {
        ConfigFile.write(this, file);
    }
}
