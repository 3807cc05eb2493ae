package io.github.clip4j.checkpoint;

/**
 * The text tower.
 *
 * @param contextLength the largest number of tokens, {@code max_position_embeddings}
 * @param endTokenId {@code eos_token_id} as it stands in the file; 2 selects the rule of {@link #legacyEndOfText()}
 */
public record TextConfig(TowerConfig tower, int vocabularySize, int contextLength, int endTokenId) {
    /** @throws IllegalArgumentException naming the field of {@code config.json} that is out of bounds */
    public TextConfig {
        Check.size("vocab_size", vocabularySize, 1 << 24);
        Check.size("max_position_embeddings", contextLength, Check.MAX_TOKENS);
        Check.elements("vocab_size x hidden_size", vocabularySize, tower.hidden());
        if (endTokenId < 0) {
            throw new IllegalArgumentException("eos_token_id: expected 0 or more, found " + endTokenId);
        }
    }

    /**
     * Whether the pooled position is the one of the largest id, as in all checkpoints that derive from OpenAI's
     * (their config says {@code eos_token_id: 2} although the token's id is 49407), and not the first end token.
     */
    public boolean legacyEndOfText() {
        return endTokenId == 2;
    }
}
