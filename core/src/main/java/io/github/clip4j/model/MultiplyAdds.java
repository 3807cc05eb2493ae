package io.github.clip4j.model;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;

/**
 * The work of an embedding in multiply-adds, each two floating-point operations: matrix products and attention, as the
 * architecture defines them; what the implementation leaves out because nobody reads it counts as speed.
 */
public final class MultiplyAdds {
    private MultiplyAdds() {}

    /** Of an image: patch embedding, blocks and projection. */
    public static long ofImage(ClipConfig config) {
        VisionConfig vision = config.vision();
        long hidden = vision.tower().hidden();
        long patches = (vision.tokens() - 1) * hidden * vision.patchElements();
        return patches + ofBlocks(vision.tower(), vision.tokens(), false) + hidden * config.projection();
    }

    /** Of a text of so many tokens, with start and end: blocks and projection. */
    public static long ofText(ClipConfig config, int tokens) {
        TextConfig text = config.text();
        return ofBlocks(text.tower(), tokens, true) + (long) text.tower().hidden() * config.projection();
    }

    /** How many times a token sees a token in a sequence; if causal, itself and those before it. */
    public static long pairs(long tokens, boolean causal) {
        return causal ? tokens * (tokens + 1) / 2 : tokens * tokens;
    }

    private static long ofBlocks(TowerConfig tower, long tokens, boolean causal) {
        long hidden = tower.hidden();
        long products = tokens * (4 * hidden * hidden + 2 * hidden * tower.intermediate());
        return tower.layers() * (products + 2 * hidden * pairs(tokens, causal));
    }
}
