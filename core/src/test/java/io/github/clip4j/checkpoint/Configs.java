package io.github.clip4j.checkpoint;

import io.github.clip4j.kernels.Activation;

/** A small model in which all sizes differ. */
final class Configs {
    static final ClipConfig TINY = new ClipConfig(
            new VisionConfig(new TowerConfig(12, 20, 2, 3, Activation.GELU, 1e-6f), 18, 4, 3),
            new TextConfig(new TowerConfig(10, 24, 3, 2, Activation.QUICK_GELU, 1e-5f), 50, 9, 2), 7);

    private Configs() {}
}
