package io.github.clip4j.bench;

import java.util.Arrays;
import java.util.List;

/** Texts of different lengths as the rectangle of token ids that other implementations take. */
final class Padding {
    private Padding() {}

    /** Repeats each text's end-of-text token, which is its last: [texts, length]. */
    static long[] ids(List<int[]> texts, int length) {
        long[] ids = new long[texts.size() * length];
        for (int row = 0; row < texts.size(); row++) {
            int[] text = texts.get(row);
            Arrays.fill(ids, row * length, (row + 1) * length, text[text.length - 1]);
            for (int i = 0; i < text.length; i++) {
                ids[row * length + i] = text[i];
            }
        }
        return ids;
    }
}
