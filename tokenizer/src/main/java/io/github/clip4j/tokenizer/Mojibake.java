package io.github.clip4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Repairs mojibake: text in UTF-8 that was read in another encoding, such as "cafÃ©", where it has
 * {@link MojibakeSigns}. Text as a whole is tried in each {@link Charmap}, then sequences of it by themselves. Does
 * what {@code fix_encoding} of ftfy 6.3.1 was observed to do.
 */
final class Mojibake {
    /** Bytes are characters 0 to 0xFF here. A byte A0 that became a space, in a sequence that is common with it. */
    private static final Pattern A_GRAVE = Pattern.compile("\\xC3 (?! |quele|quela|quilo|s )");
    private static final Pattern SPACE_FOR_A0 = Pattern.compile("[\\xC2\\xC3\\xC5\\xCE\\xD0\\xD9] "
            + "|[\\xE2\\xE3] C|[\\xE0-\\xE3]C |\\xF0 CC|\\xF0C C|\\xF0CC "
                    .replace("C", "[\\x80-\\x84\\x86-\\x9F\\xA1-\\xBF]"));
    /**
     * A sequence of which bytes were lost, and stand as {@link Charmap#LOST}, one of them perhaps as a question mark.
     */
    private static final Pattern LOSSY = Pattern.compile("[\\xC2\\xC3]\\?|[\\xC2-\\xDF]\\x1A|\\x1A"
            + "|[\\xE0-\\xEF](?!C{2}|\\?\\?)[?\\x1AC]{2}|[\\xF0-\\xF4](?!C{3}|.?\\?\\?|\\?.\\?)[?\\x1AC]{3}"
                    .replace("[?\\x1AC]", "[?\\x1A\\x80-\\xBF]").replace("C{", "[\\x80-\\xBF]{"));
    private static final String LOST = "\u00EF\u00BF\u00BD"; // U+FFFD in UTF-8
    /** Halves of a pair of UTF-16, each in UTF-8, and NUL in two bytes. */
    private static final Pattern VARIANT = Pattern
            .compile("\\xED([\\xA0-\\xAF])([\\x80-\\xBF])\\xED([\\xB0-\\xBF])([\\x80-\\xBF])|\\xC0\\x80");

    /** What characters sequences go on with, in the encodings of Windows. */
    private static final String CONTINUATION = characters(0x80, 0xBF) + "\\x80-\\x9F";
    /** Of these what sentences have between words, which may stand before a sequence. */
    private static final String PUNCTUATION = "–—―‘’‚“”„•…";
    /** Sequences of two, three and four bytes as they look there, a space in place of A0. */
    private static final Pattern SEQUENCES = Pattern
            .compile("(?<![%1$s&&[^%2$s]])(?:[%3$s][%1$s ]|[%4$s][%1$s ]{2}|[%5$s][%1$s ]{3})+".formatted(CONTINUATION,
                    PUNCTUATION, characters(0xC2, 0xDF), characters(0xE0, 0xEF), characters(0xF0, 0xF4)));

    private Mojibake() {}

    /** The characters that the encodings of Windows have for bytes. */
    private static String characters(int from, int to) {
        return Arrays.stream(Charmap.values()).filter(Charmap::isSloppy)
                .flatMap(charmap -> IntStream.rangeClosed(from, to).mapToObj(charmap::character)).distinct()
                .map(c -> "\\x{%X}".formatted((int) c)).collect(Collectors.joining());
    }

    /** Repairs text as often as it has been garbled; each time it becomes shorter. */
    static String repair(String text) {
        String before;
        do {
            before = text;
            text = repairOnce(text);
        } while (text.length() < before.length());
        return text;
    }

    private static String repairOnce(String text) {
        if (text.chars().allMatch(c -> c < 0x80) || !MojibakeSigns.INSTANCE.areIn(text)) {
            return text;
        }
        for (Charmap charmap : Charmap.values()) {
            String repaired = decode(text, charmap);
            if (repaired != null) {
                return repaired;
            }
        }
        return SEQUENCES.matcher(text).replaceAll(found -> Matcher.quoteReplacement(
                found.group().length() < text.length() ? repair(found.group()) : found.group()));
    }

    /** The text whose UTF-8 looks like this in an encoding, or null if there is none. */
    private static String decode(String text, Charmap charmap) {
        String bytes = charmap.encode(text);
        if (bytes == null) {
            return null;
        }
        if (charmap != Charmap.MACROMAN) {
            bytes = A_GRAVE.matcher(bytes).replaceAll("\u00C3\u00A0 ");
            bytes = SPACE_FOR_A0.matcher(bytes).replaceAll(found -> found.group().replace(' ', '\u00A0'));
        }
        if (charmap.isSloppy()) {
            bytes = LOSSY.matcher(bytes).replaceAll(LOST);
        }
        bytes = VARIANT.matcher(bytes).replaceAll(Mojibake::standard);
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1))).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The bytes of a character as UTF-8 has them today. */
    private static String standard(MatchResult variant) {
        if (variant.group(1) == null) {
            return "\0";
        }
        int high = (variant.group(1).charAt(0) & 0x3F) << 6 | variant.group(2).charAt(0) & 0x3F;
        int low = (variant.group(3).charAt(0) & 0x3F) << 6 | variant.group(4).charAt(0) & 0x3F;
        String character = Character.toString(Character.toCodePoint((char) (0xD000 | high), (char) (0xD000 | low)));
        return new String(character.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
