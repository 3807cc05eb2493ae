package io.github.clip4j.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits normalised text into the words that are encoded one by one: what CLIP's expression
 *
 * <pre>{@code <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+}</pre>
 *
 * finds, in one pass over the code points. White space (Unicode's White_Space) separates words and is dropped.
 */
final class WordSplitter {
    private static final String[] LITERALS = {Vocabulary.START_OF_TEXT, Vocabulary.END_OF_TEXT, "'s", "'t", "'re",
            "'ve", "'m", "'ll", "'d"};

    private enum Kind {
        LETTER, NUMBER, SEPARATOR, OTHER
    }

    private WordSplitter() {}

    /**
     * @param ignoreCase whether the expression is applied ignoring case, as openai/CLIP does with Python's regex
     *     module.
     *     In lower-case text that matters twice: U+017F counts as an s, and U+0345, whose capital is a letter, is found
     *     by no part of the expression and so separates words
     */
    static List<String> split(String text, boolean ignoreCase) {
        List<String> words = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = endOfLiteral(text, start, ignoreCase);
            if (end == start) {
                Kind kind = kind(text.codePointAt(start), ignoreCase);
                end = endOfRun(text, start, kind, ignoreCase);
                if (kind == Kind.SEPARATOR) {
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
    private static int endOfRun(String text, int start, Kind kind, boolean ignoreCase) {
        int end = start;
        do {
            end += Character.charCount(text.codePointAt(end));
        } while (kind != Kind.NUMBER && end < text.length() && kind(text.codePointAt(end), ignoreCase) == kind);
        return end;
    }

    private static Kind kind(int codePoint, boolean ignoreCase) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, //
                    Character.MODIFIER_LETTER, Character.OTHER_LETTER ->
                Kind.LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> Kind.NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> Kind.SEPARATOR;
            case Character.CONTROL -> codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85
                    ? Kind.SEPARATOR
                    : Kind.OTHER;
            default -> ignoreCase && codePoint == 0x345 ? Kind.SEPARATOR : Kind.OTHER;
        };
    }
}
