package io.github.clip4j.train.data;

import io.github.clip4j.tokenizer.ClipTokenizer;

/**
 * Texts to token ids as long as a model takes them.
 *
 * @param contextLength the largest number of ids, start and end included
 * @param truncate whether a longer text is cut, and not refused
 */
public record CaptionTokenizer(ClipTokenizer tokenizer, int contextLength, boolean truncate) {
    /**
     * Ids with start and end, not padded.
     *
     * @param name of the text, for messages
     * @throws DataSetException if the text is too long and not to be cut
     */
    int[] encode(String text, String name) {
        int[] ids = tokenizer.encode(text);
        if (ids.length <= contextLength) {
            return ids;
        }
        if (!truncate) {
            throw new DataSetException("%s has %d tokens, the model takes %d: %s; shorten it, or allow truncation"
                    .formatted(name, ids.length, contextLength, JsonText.quote(text)));
        }
        return tokenizer.encode(text, contextLength);
    }
}
