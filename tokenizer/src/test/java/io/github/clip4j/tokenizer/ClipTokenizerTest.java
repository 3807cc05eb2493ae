package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClipTokenizerTest {
    private final ClipTokenizer tokenizer = ClipTokenizer.clip(Variant.TRANSFORMERS);

    @Test
    void vocabularyOfClip() {
        assertEquals(49_408, tokenizer.size());
        assertEquals(49_406, tokenizer.startId());
        assertEquals(49_407, tokenizer.endId());
        assertEquals("!", tokenizer.token(0));
        assertEquals("!</w>", tokenizer.token(256));
        assertEquals("in", tokenizer.token(512));
        assertEquals("photo</w>", tokenizer.token(1125));
        assertArrayEquals(new int[]{49_406, 320, 1125, 539, 320, 2368, 49_407}, tokenizer.encode("A photo of a cat"));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.token(49_408));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(-1));
    }

    @Test
    void truncationKeepsTheEnd() {
        int[] all = tokenizer.encode("one two three four five");
        for (int length = 2; length < 10; length++) {
            int[] ids = tokenizer.encode("one two three four five", length);
            int kept = Math.min(length, all.length);
            assertEquals(kept, ids.length);
            assertArrayEquals(Arrays.copyOf(all, kept - 1), Arrays.copyOf(ids, kept - 1), "length " + length);
            assertEquals(tokenizer.endId(), ids[kept - 1], "length " + length);
        }
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("one", 1));
    }

    @ParameterizedTest
    @EnumSource
    void specialTokensInText(Variant variant) {
        ClipTokenizer tokenizer = ClipTokenizer.clip(variant);
        assertArrayEquals(new int[]{49_406, 49_406, 320, 49_407, 49_407},
                tokenizer.encode("<|startoftext|>a<|endoftext|>"));
        assertEquals("a", tokenizer.decode(tokenizer.encode("<|startoftext|>a<|endoftext|>")));
    }

    @ParameterizedTest
    @EnumSource
    void loneSurrogatesAreReplacementCharacters(Variant variant) {
        ClipTokenizer tokenizer = ClipTokenizer.clip(variant);
        assertArrayEquals(tokenizer.encode("a\uFFFD b\uFFFD😀"), tokenizer.encode("a\uD83D b\uDE00\uD83D\uDE00"));
        assertArrayEquals(tokenizer.encode("\uFFFD\uFFFD"), tokenizer.encode("\uDE00\uD83D"));
    }

    @Test
    void decodesIncompleteUtf8() {
        int[] ids = tokenizer.encode("語");
        assertEquals("語", tokenizer.decode(ids));
        int firstByte = ids[1];
        assertEquals("\uFFFD", tokenizer.decode(firstByte));
    }

    @ParameterizedTest
    @EnumSource
    void anyStringIsEncodedAndDecoded(Variant variant) {
        ClipTokenizer tokenizer = ClipTokenizer.clip(variant);
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            int range = random.nextBoolean() ? 0x100 : 0x10000;
            char[] text = new char[random.nextInt(40)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (char) random.nextInt(range);
            }
            int[] ids = tokenizer.encode(new String(text));
            assertTrue(Arrays.stream(ids).allMatch(id -> id >= 0 && id < tokenizer.size()), "seed " + seed);
            String decoded = tokenizer.decode(ids);
            assertEquals(decoded, decoded.strip(), "seed " + seed);
        }
    }

    /** Far from quadratic: at a million characters that would be hours. */
    @ParameterizedTest
    @EnumSource
    void longTexts(Variant variant) {
        ClipTokenizer tokenizer = ClipTokenizer.clip(variant);
        for (String part : List.of("a", "!", "é", "😀", "word ", "Σ.", "<|", "'", "amp;", "&amp;", "\u001B[1",
                "\u0301")) {
            String text = "&" + part.repeat(1_000_000 / part.length());
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> tokenizer.encode(text), part);
        }
    }

    @Test
    void sharedBetweenThreads() {
        List<String> texts = IntStream.range(0, 2_000).mapToObj(i -> "photo number " + i + " of a stadium").toList();
        List<int[]> inOrder = tokenizer.encodeAll(texts, 77);
        List<int[]> inParallel = texts.parallelStream().map(text -> tokenizer.encode(text, 77)).toList();
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(inOrder.get(i), inParallel.get(i), texts.get(i));
        }
    }
}
