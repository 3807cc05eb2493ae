package io.github.clip4j.checkpoint;

import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;

/**
 * The architecture of a CLIP checkpoint, the contents of {@code config.json}.
 *
 * @param vision null where the model has no image tower
 * @param text null where it has no text tower
 * @param projection width of the shared embedding space
 */
public record ClipConfig(VisionConfig vision, TextConfig text, int projection) {
    /** CLIP ViT-B/32, and what a field that is missing in a file means (CLIPConfig of transformers 5.18). */
    public static final ClipConfig VIT_B_32 = new ClipConfig(
            new VisionConfig(new TowerConfig(768, 3072, 12, 12, Activation.QUICK_GELU, 1e-5f), 224, 32, 3),
            new TextConfig(new TowerConfig(512, 2048, 12, 8, Activation.QUICK_GELU, 1e-5f), 49408, 77, 49407), 512);

    /** @throws IllegalArgumentException naming the field of {@code config.json} that is out of bounds */
    public ClipConfig {
        if (vision == null && text == null) {
            throw new IllegalArgumentException("a model without an image tower and without a text tower");
        }
        Check.size("projection_dim", projection, Check.MAX_HIDDEN_SIZE);
    }

    /**
     * The image tower.
     *
     * @throws CheckpointException if the model has none
     */
    @Override
    public VisionConfig vision() {
        if (vision == null) {
            throw new CheckpointException("the model has no image tower, only one for texts (CLIPTextModel); "
                    + "name one that has both to work with images");
        }
        return vision;
    }

    /**
     * The text tower.
     *
     * @throws CheckpointException if the model has none
     */
    @Override
    public TextConfig text() {
        if (text == null) {
            throw new CheckpointException("the model has no text tower, only one for images (CLIPVisionModel); "
                    + "name one that has both to work with texts");
        }
        return text;
    }

    public boolean hasVision() {
        return vision != null;
    }

    public boolean hasText() {
        return text != null;
    }

    ClipConfig withProjection(int width) {
        return new ClipConfig(vision, text, width);
    }

    ClipConfig withActivation(Activation activation) {
        return new ClipConfig(vision == null ? null : vision.withTower(vision.tower().with(activation)),
                text == null ? null : text.withTower(text.tower().with(activation)), projection);
    }

    /**
     * Reads a {@code config.json} of model type {@code clip}, {@code clip_vision_model} or {@code clip_text_model}. Missing and null fields take the values of
     * {@link #VIT_B_32}; {@code projection_dim} is the one outside the sections, as in transformers.
     *
     * @throws CheckpointException naming file, field, what was found and what was expected
     */
    public static ClipConfig read(Path file) {
        return ConfigFile.read(file);
    }

    /**
     * Writes a {@code config.json} that transformers loads as a CLIPModel, or as one of its towers with projection.
     *
     * @throws CheckpointException if the file cannot be written
     */
    public void write(Path file) {
        ConfigFile.write(this, file);
    }
}
