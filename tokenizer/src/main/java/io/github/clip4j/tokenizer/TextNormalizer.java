package io.github.clip4j.tokenizer;

import java.text.Normalizer;

/**
 * Brings text into the form that is split into words. Both originals also collapse and strip white space; since white
 * space only separates words, and no rule here looks across it, that changes no id and is left out.
 */
final class TextNormalizer {
    private static final int CAPITAL_SIGMA = 'Σ';
    private static final int MARKS_IN_A_PIECE = 256;
    private static final int CAPITAL_I_WITH_DOT = 'İ';
    /** Case-ignorable by their word-break class (MidLetter, MidNumLet, Single_Quote), not by their category. */
    private static final String CASE_IGNORABLE_PUNCTUATION = "'.:··՟״‘’․‧︓﹒﹕＇．：";

    private TextNormalizer() {}

    /** Each lone surrogate as U+FFFD: neither original can take one, and UTF-8 has no form of it. */
    static String replaceLoneSurrogates(String text) {
        return text.codePoints().map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** NFC and lower case, each character by itself: a final capital sigma becomes σ. */
    static String transformers(String text) {
        return lowerCase(nfc(text), false);
    }

    /** ftfy, HTML unescaped twice, lower case as Python's: a final capital sigma becomes ς. */
    static String openai(String text) {
        return lowerCase(HtmlEntities.unescape(HtmlEntities.unescape(TextFixer.fix(text))), true);
    }

    /**
     * Unicode's composed form. Putting marks into canonical order takes the square of their number, so each
     * {@value #MARKS_IN_A_PIECE} marks in a row are composed by themselves; no writing stacks so many.
     */
    static String nfc(String text) {
        StringBuilder composed = new StringBuilder(text.length());
        int start = 0;
        int marks = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int type = Character.getType(text.codePointAt(i));
            boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
            marks = mark ? marks + 1 : 0;
            if (marks == MARKS_IN_A_PIECE) {
                composed.append(Normalizer.normalize(text.substring(start, i), Normalizer.Form.NFC));
                start = i;
                marks = 0;
            }
        }
        return composed.append(Normalizer.normalize(text.substring(start), Normalizer.Form.NFC)).toString();
    }

    /**
     * Unicode's full lower-case mapping. {@link String#toLowerCase} applies the rule of the final sigma with another
     * notion of a word, and in quadratic time.
     */
    private static String lowerCase(String text, boolean finalSigma) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int end = i + Character.charCount(c);
            if (c == CAPITAL_I_WITH_DOT) {
                lower.append("i\u0307");
            } else if (c == CAPITAL_SIGMA && finalSigma && casedBefore(text, i) && !casedAfter(text, end)) {
                lower.append('ς');
            } else {
                lower.appendCodePoint(lowerCase(c));
            }
            i = end;
        }
        return lower.toString();
    }

    /** With the capitals of Unicode 17, as Hugging Face's tokenizers; JDK 25 knows Unicode 16. */
    private static int lowerCase(int codePoint) {
        return switch (codePoint) {
            case 0xA7CE, 0xA7D2, 0xA7D4 -> codePoint + 1;
            default -> codePoint >= 0x16EA0 && codePoint <= 0x16EB8
                    ? codePoint + 0x1B
                    : Character.toLowerCase(codePoint);
        };
    }

    private static boolean casedBefore(String text, int end) {
        while (end > 0 && isCaseIgnorable(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return end > 0 && isCased(text.codePointBefore(end));
    }

    private static boolean casedAfter(String text, int start) {
        while (start < text.length() && isCaseIgnorable(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return start < text.length() && isCased(text.codePointAt(start));
    }

    private static boolean isCased(int codePoint) {
        return Character.isLowerCase(codePoint) || Character.isUpperCase(codePoint)
                || Character.isTitleCase(codePoint);
    }

    private static boolean isCaseIgnorable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT, Character.MODIFIER_LETTER, //
                    Character.MODIFIER_SYMBOL ->
                true;
            default -> CASE_IGNORABLE_PUNCTUATION.indexOf(codePoint) >= 0;
        };
    }
}
