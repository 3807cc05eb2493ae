package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;

/** The model that the towers' benchmarks run. */
final class Towers {
    private Towers() {}

    /** CLIP ViT-B/32, or as many of its blocks, with weights from a formula. */
    static ClipModel model(int layers, Kernels kernels) {
        return new ClipModel(config(layers), new SyntheticCheckpoint(config(layers)), kernels);
    }

    /** CLIP ViT-B/32, or as many of its blocks. */
    static ClipConfig config(int layers) {
        VisionConfig vision = ClipConfig.VIT_B_32.vision();
        TextConfig text = ClipConfig.VIT_B_32.text();
        return new ClipConfig(
                new VisionConfig(withLayers(layers, vision.tower()), vision.imageSize(), vision.patchSize(),
                        vision.channels()),
                new TextConfig(withLayers(layers, text.tower()), text.vocabularySize(), text.contextLength(),
                        text.endTokenId()),
                ClipConfig.VIT_B_32.projection());
    }

    private static TowerConfig withLayers(int layers, TowerConfig tower) {
        return new TowerConfig(tower.hidden(), tower.intermediate(), layers, tower.heads(), tower.activation(),
                tower.epsilon());
    }
}
