package io.github.clip4j.checkpoint;

/**
 * The text tower.
 *
 * @param contextLength the largest number of tokens, {@code max_position_embeddings}
 * @param endTokenId {@code eos_token_id} as it stands in the file; 2 selects the rule of {@link #legacyEndOfText()}
 */
public record TextConfig(TowerConfig tower, int vocabularySize, int contextLength, int endTokenId) {
    /** The {@code endTokenId} that stands for whichever id is the largest. */
    static final int LARGEST_ID = 2;

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
        return endTokenId == LARGEST_ID;
    }

    /**
     * The number of tokens of a text that count: up to its end-of-text token and with it.
     *
     * @param ids with start and end token; what follows the end is ignored
     * @throws IllegalArgumentException if an id is not in the vocabulary or there is no end within the context
     */
    public int tokens(int[] ids) {
        int end = -1;
        for (int i = 0; i < ids.length && end < 0; i++) {
            if (ids[i] < 0 || ids[i] >= vocabularySize) {
                throw new IllegalArgumentException(
                        "token id " + ids[i] + " at " + i + "; the vocabulary has " + vocabularySize);
            }
            end = !legacyEndOfText() && ids[i] == endTokenId ? i : -1;
        }
        if (legacyEndOfText()) {
            for (int i = 0; i < ids.length; i++) {
                end = end < 0 || ids[i] > ids[end] ? i : end;
            }
        }
        if (end < 0 || end >= contextLength) {
            throw new IllegalArgumentException(
                    "a text of " + ids.length + " tokens has no end-of-text token among its first "
                            + contextLength);
        }
        return end + 1;
    }

    TextConfig withTower(TowerConfig other) {
        return new TextConfig(other, vocabularySize, contextLength, endTokenId);
    }
}
