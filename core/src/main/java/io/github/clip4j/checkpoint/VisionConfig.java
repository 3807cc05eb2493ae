package io.github.clip4j.checkpoint;

/**
 * The image tower.
 *
 * @param imageSize height and width of the input in pixels
 * @param patchSize height and width of a patch in pixels; a patch that does not fit whole is left out
 */
public record VisionConfig(TowerConfig tower, int imageSize, int patchSize, int channels) {
    /** Patches along one side. */
    public int grid() {
        return imageSize / patchSize;
    }

    /** Tokens of an image: the class token and one per patch. */
    public int tokens() {
        return grid() * grid() + 1;
    }
}
