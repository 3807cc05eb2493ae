package io.github.clip4j.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits normalised text into the words that are encoded one by one: what CLIP's expression
 *
 * <pre>{@code <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+}</pre>
 *
 * finds, in one pass over the code points. White space (Unicode's White_Space) only separates words.
 */
final class WordSplitter {
    private static final String[] LITERALS = {Vocabulary.START_OF_TEXT, Vocabulary.END_OF_TEXT, "'s", "'t", "'re",
            "'ve", "'m", "'ll", "'d"};

    private enum Kind {
        LETTER, NUMBER, WHITE_SPACE, OTHER
    }

    private WordSplitter() {}

    /** @param ignoreCase whether the expression is applied ignoring case, which still matters for U+017F in "'ſ" */
    static List<String> split(String text, boolean ignoreCase) {
        List<String> words = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = endOfLiteral(text, start, ignoreCase);
            if (end == start) {
                Kind kind = kind(text.codePointAt(start));
                end = endOfRun(text, start, kind);
                if (kind == Kind.WHITE_SPACE) {
                    start = end;
                    continue;
                }
            }
            words.add(text.substring(start, end));
            start = end;
        }
        return words;
    }

    private static int endOfLiteral(String text, int start, boolean ignoreCase) {
        char first = text.charAt(start);
        if (first == '<' || first == '\'') {
            for (String literal : LITERALS) {
                if (text.regionMatches(ignoreCase, start, literal, 0, literal.length())) {
                    return start + literal.length();
                }
            }
        }
        return start;
    }

    /** The end of the code points of one kind; a number is a word by itself. */
    private static int endOfRun(String text, int start, Kind kind) {
        int end = start;
        do {
            end += Character.charCount(text.codePointAt(end));
        } while (kind != Kind.NUMBER && end < text.length() && kind(text.codePointAt(end)) == kind);
        return end;
    }

    private static Kind kind(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, //
                    Character.MODIFIER_LETTER, Character.OTHER_LETTER ->
                Kind.LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> Kind.NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> Kind.WHITE_SPACE;
            case Character.CONTROL -> codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85
                    ? Kind.WHITE_SPACE
                    : Kind.OTHER;
            default -> Kind.OTHER;
        };
    }
}
