package io.github.clip4j.train;

import io.github.clip4j.train.TrainableBlock.Tokens;

/** Sees the attention of each block on the way back, the last block first. */
@FunctionalInterface
interface AttentionGradients {
    /** Sees nothing. */
    AttentionGradients NONE = (_, _, _) -> {};

    /**
     * Called for each block.
     *
     * @param qkv [tokens, 3 hidden]
     * @param dAttended [rows, hidden], the gradient of what the heads gave
     */
    void see(float[] qkv, Tokens tokens, float[] dAttended);
}
