package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the definition of byte-pair encoding, which looks at every pair before every merge. */
class BytePairEncoderTest {
    private final Vocabulary vocabulary = VocabularyFiles.clip();

    @Test
    void randomWordsAsByTheDefinition() {
        BytePairEncoder encoder = new BytePairEncoder(vocabulary);
        String[] alphabets = {"a", "ab", "aeht", "!?.", "abcdefghijklmnopqrstuvwxyz", "éüß語😀"};
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int[] alphabet = alphabets[random.nextInt(alphabets.length)].codePoints().toArray();
            StringBuilder word = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                word.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
            }
            IntStream.Builder ids = IntStream.builder();
            encoder.encode(word.toString(), ids);
            assertEquals(byDefinition(word.toString()), ids.build().boxed().toList(), "seed " + seed + ": " + word);
        }
    }

    private List<Integer> byDefinition(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            ids.add(vocabulary.byteId(bytes[i], i == bytes.length - 1));
        }
        while (true) {
            int best = MergeTable.NONE;
            int at = 0;
            for (int i = 0; i + 1 < ids.size(); i++) {
                int rank = vocabulary.merges().rank(ids.get(i), ids.get(i + 1));
                if (rank != MergeTable.NONE && (best == MergeTable.NONE || rank < best)) {
                    best = rank;
                    at = i;
                }
            }
            if (best == MergeTable.NONE) {
                return ids;
            }
            ids.set(at, vocabulary.merges().mergedId(best));
            ids.remove(at + 1);
        }
    }
}
