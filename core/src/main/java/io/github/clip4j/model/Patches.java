package io.github.clip4j.model;

import io.github.clip4j.checkpoint.VisionConfig;

/** The squares that an image is cut into; each becomes a token. */
public final class Patches {
    private Patches() {}

    /**
     * Cuts an image into patches, row by row; within a patch channel by channel, as the elements of its weights are.
     *
     * @param pixels [images, channels, size, size]
     * @param patches its [grid², channels · patch²] are written from {@code to} on
     */
    public static void cut(VisionConfig config, float[] pixels, int image, float[] patches, int to) {
        int size = config.imageSize();
        int patch = config.patchSize();
        int grid = config.grid();
        for (int row = 0; row < grid; row++) {
            for (int column = 0; column < grid; column++) {
                for (int channel = 0; channel < config.channels(); channel++) {
                    int from = ((image * config.channels() + channel) * size + row * patch) * size + column * patch;
                    for (int y = 0; y < patch; y++, from += size, to += patch) {
                        System.arraycopy(pixels, from, patches, to, patch);
                    }
                }
            }
        }
    }
}
