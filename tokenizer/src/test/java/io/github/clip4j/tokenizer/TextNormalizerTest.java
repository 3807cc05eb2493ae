package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextNormalizerTest {
    @ParameterizedTest
    @CsvSource({"ΟΔΟΣ, οδοσ, οδος", "Σ, σ, σ", "Α.Σ., α.σ., α.ς.", "ΑΣΑ, ασα, ασα", "ΑΣ\u00ADΑ, ασ\u00ADα, ασ\u00ADα",
            "İ, i\u0307, i\u0307", "E\u0301, é, é", "\u212A, k, k"})
    void lowerCase(String text, String transformers, String openai) {
        assertEquals(transformers, TextNormalizer.transformers(text));
        assertEquals(openai, TextNormalizer.openai(text));
    }

    /** What {@code fix_text} of ftfy 6.3.1 gives. */
    @Test
    void fixesAsFtfy() {
        Map<String, String> expected = Map.ofEntries(Map.entry("“it’s”", "\"it's\""),
                Map.entry("ﬂuﬃeﬆ Ĳ ŉ", "fluffiest IJ 'n"), Map.entry("ＬＯＵＤ\u3000ﾉｲｽﾞ", "LOUD ノイズ"),
                Map.entry("&amp;amp;lt; &EACUTE;", "< É"), Map.entry("a < b &amp; c", "a < b &amp; c"),
                Map.entry("a\u001B[36;44mb\u001B[0mc", "abc"), Map.entry("a\0b\uFEFFc\uFFFCd", "abcd"),
                Map.entry("e\u0301", "é"), Map.entry("a\u0085b", "a…b"), Map.entry("&\0am&#112;;", "&"),
                Map.entry("a\u2028b\rc", "a\nb\nc"),
                Map.entry("cafÃ© HÃ´tel", "café Hôtel"), Map.entry("itâ€™s nÃƒÂ©", "it's né"),
                Map.entry("NAÏVE É™", "NAÏVE É™"));
        expected.forEach((text, fixed) -> assertEquals(fixed, TextFixer.fix(text), text));
    }

    @Test
    void longRunsOfMarksAreComposedInPieces() {
        String few = "e" + "\u0316\u0301".repeat(50);
        assertEquals("é" + "\u0316".repeat(50) + "\u0301".repeat(49), TextNormalizer.nfc(few));
        String many = "e" + "\u0316\u0301".repeat(500_000);
        String composed = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> TextNormalizer.nfc(many));
        assertEquals(many.length() - 1, composed.length());
    }

    @Test
    void referencesStayFromTheFirstLineWithALessThanSign() {
        assertEquals("&\n<b>&amp;\n&amp;", TextFixer.fix("&amp;\n<b>&amp;\n&amp;"));
    }
}
