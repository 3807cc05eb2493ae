package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Against CLIP's regular expression as {@link Pattern} understands it. */
class WordSplitterTest {
    private static final String EXPRESSION = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
            + "|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+";

    @Test
    void everyCodePointBetweenOthers() {
        Pattern pattern = Pattern.compile(EXPRESSION);
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = "a%1$s%1$sb!%1$s!0%1$s0 %1$s '%1$ss".replace("%1$s", Character.toString(c));
            assertEquals(find(pattern, text), WordSplitter.split(text, false), "U+" + Integer.toHexString(c));
        }
    }

    @Test
    void randomTextsOfWhatTheExpressionNames() {
        Pattern pattern = Pattern.compile(EXPRESSION);
        Pattern ignoringCase = Pattern.compile(EXPRESSION, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        String[] parts = {"<|startoftext|>", "<|endoftext|>", "<|ſtartoftext|>", "<|", "|>", "'", "s", "t", "re", "ve",
                "m", "ll", "d", "'ſ", "ſ", "7", "½", " ", "\u0085", "\u3000", "é", "e\u0301", "😀", "!", "<", "l"};
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            String message = "seed " + seed + ": " + text;
            assertEquals(find(pattern, text.toString()), WordSplitter.split(text.toString(), false), message);
            assertEquals(find(ignoringCase, text.toString()), WordSplitter.split(text.toString(), true), message);
        }
    }

    /** Of all code points, only U+0345 matches no part of the expression when Python's regex module ignores case. */
    @Test
    void iotaSubscriptSeparatesWordsWhereCaseIsIgnored() {
        assertEquals(List.of("a", "!", "b"), WordSplitter.split("a\u0345!\u0345b", true));
        assertEquals(List.of("a", "\u0345!\u0345", "b"), WordSplitter.split("a\u0345!\u0345b", false));
    }

    private static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).toList();
    }
}
