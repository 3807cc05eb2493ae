package io.github.clip4j.checkpoint;

/**
 * The image tower.
 *
 * @param imageSize height and width of the input in pixels
 * @param patchSize height and width of a patch in pixels; a patch that does not fit whole is left out
 */
public record VisionConfig(TowerConfig tower, int imageSize, int patchSize, int channels) {
    /** @throws IllegalArgumentException naming the field of {@code config.json} that is out of bounds */
    public VisionConfig {
        Check.size("image_size", imageSize, Check.MAX_IMAGE_SIZE);
        Check.size("patch_size", patchSize, imageSize);
        Check.size("num_channels", channels, 1 << 6);
        int grid = imageSize / patchSize;
        Check.size("(image_size / patch_size)^2", grid * grid, Check.MAX_TOKENS);
        Check.elements("hidden_size x num_channels x patch_size^2", tower.hidden(), channels, patchSize, patchSize);
    }

    /** Patches along one side. */
    public int grid() {
        return imageSize / patchSize;
    }

    /** Tokens of an image: the class token and one per patch. */
    public int tokens() {
        return grid() * grid() + 1;
    }

    /** Values of a patch. */
    public int patchElements() {
        return channels * patchSize * patchSize;
    }

    VisionConfig withTower(TowerConfig other) {
        return new VisionConfig(other, imageSize, patchSize, channels);
    }
}
