package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;

/** The model that the towers' benchmarks run, and its work. */
final class Towers {
    private Towers() {}

    /** CLIP ViT-B/32, or as many of its blocks, with weights from a formula. */
    static ClipModel model(int layers, Kernels kernels) {
        VisionConfig vision = ClipConfig.VIT_B_32.vision();
        TextConfig text = ClipConfig.VIT_B_32.text();
        ClipConfig config = new ClipConfig(
                new VisionConfig(withLayers(layers, vision.tower()), vision.imageSize(), vision.patchSize(),
                        vision.channels()),
                new TextConfig(withLayers(layers, text.tower()), text.vocabularySize(), text.contextLength(),
                        text.endTokenId()),
                ClipConfig.VIT_B_32.projection());
        return new ClipModel(config, new SyntheticCheckpoint(config), kernels);
    }

    private static TowerConfig withLayers(int layers, TowerConfig tower) {
        return new TowerConfig(tower.hidden(), tower.intermediate(), layers, tower.heads(), tower.activation(),
                tower.epsilon());
    }

    /** Floating-point operations of an image in units of 10^9. */
    static double imageGflop(ClipConfig config) {
        VisionConfig vision = config.vision();
        long hidden = vision.tower().hidden();
        long patches = hidden * vision.channels() * vision.imageSize() * vision.imageSize();
        return 2e-9 * (patches + multiplyAdds(vision.tower(), vision.tokens(), false) + hidden * config.projection());
    }

    /** Floating-point operations of a text in units of 10^9. */
    static double textGflop(ClipConfig config, int tokens) {
        TowerConfig text = config.text().tower();
        return 2e-9 * (multiplyAdds(text, tokens, true) + (long) text.hidden() * config.projection());
    }

    /** How many times a token sees a token in a sequence. */
    static long pairs(long tokens, boolean causal) {
        return causal ? tokens * (tokens + 1) / 2 : tokens * tokens;
    }

    /**
     * Multiply-adds of a tower's blocks for one sequence, in its matrix products and in attention, as the architecture
     * defines them; what the implementation leaves out because nobody reads it counts as speed.
     */
    private static long multiplyAdds(TowerConfig tower, long tokens, boolean causal) {
        long hidden = tower.hidden();
        long products = tokens * (4 * hidden * hidden + 2 * hidden * tower.intermediate());
        return tower.layers() * (products + 2 * hidden * pairs(tokens, causal));
    }
}
