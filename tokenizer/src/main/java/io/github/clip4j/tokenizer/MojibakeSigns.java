package io.github.clip4j.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Characters that hardly stand beside each other in text that is right: the table {@code mojibake-signs.txt} of classes
 * of characters, of which pairs and triples are signs, and a few by hand.
 */
final class MojibakeSigns {
    static final MojibakeSigns INSTANCE = new MojibakeSigns();

    /** Controls of C1; a space where one with the byte A0 was; Arabic letters, of which two in a row are a sign. */
    private static final Pattern OTHERS = Pattern
            .compile("[\\x80-\\x9F]|[a-z]\\s?[ÃÂ] |^[ÃÂ] |(?:[ØÙ]A){2}".replace("A",
                    "[\\xA0-\\xBF×÷ŠŸƒˆˇ˘˛˜΄΅–—―‘’‚“„†‡•…‰‹⁄₧€№∂∆∏∑√∞∩∫≈≠≡≤≥⌐◊\\uFFFD]"));
    /** Characters that stand for those that are in no class. */
    private static final int LETTER = '中';
    private static final int SPACE = '\n';
    private static final int OTHER = '☃';

    private final Map<Integer, Integer> classes = new HashMap<>(); // by character
    private final Map<Character, Integer> numbers = new HashMap<>(); // of classes, by letter
    private final BitSet[] pairs; // what may not follow each class
    private final Map<Integer, BitSet> triples = new HashMap<>(); // what may not follow a pair, first * classes + second

    private MojibakeSigns() {
        String[] lines = read();
        for (String line : lines) {
            if (line.startsWith("class ")) {
                numbers.put(line.charAt(6), numbers.size());
                unescape(line.substring(8)).chars().forEach(c -> classes.put(c, numbers.size() - 1));
            }
        }
        pairs = new BitSet[numbers.size()];
        Arrays.setAll(pairs, _ -> new BitSet());
        for (String line : lines) {
            String[] fields = line.split(" ");
            if (fields[0].equals("two")) {
                of(fields[1]).stream().forEach(first -> pairs[first].or(of(fields[2])));
            } else if (fields[0].equals("three")) {
                of(fields[1]).stream().forEach(first -> of(fields[2]).stream()
                        .forEach(second -> triples
                                .computeIfAbsent(first * numbers.size() + second, _ -> new BitSet())
                                .or(of(fields[3]))));
            }
        }
    }

    private static String[] read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                MojibakeSigns.class.getResourceAsStream("mojibake-signs.txt"), StandardCharsets.US_ASCII))) {
            return lines.lines().toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unescape(String text) {
        return Pattern.compile("\\\\u([0-9A-F]{4})").matcher(text)
                .replaceAll(found -> "\\" + (char) Integer.parseInt(found.group(1), 16));
    }

    /** Classes by their letters. */
    private BitSet of(String letters) {
        BitSet set = new BitSet();
        letters.chars().forEach(letter -> set.set(numbers.get((char) letter)));
        return set;
    }

    /** Whether a text has any. */
    boolean areIn(String text) {
        int before = -1;
        int last = -1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int next = classOf(text.codePointAt(i));
            if (last >= 0 && pairs[last].get(next)) {
                return true;
            }
            if (before >= 0) {
                BitSet third = triples.get(before * numbers.size() + last);
                if (third != null && third.get(next)) {
                    return true;
                }
            }
            before = last;
            last = next;
        }
        return OTHERS.matcher(text).find();
    }

    private int classOf(int c) {
        Integer known = classes.get(c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'Z' : c);
        if (known != null) {
            return known;
        }
        return classes.get(Character.isLetterOrDigit(c) ? LETTER : Character.isWhitespace(c) ? SPACE : OTHER);
    }
}
