package io.github.clip4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Repairs the commonest mojibake: a line of UTF-8 that was read as Latin-1 or windows-1252, such as "cafÃ©". What this
 * changes, ftfy 6.3.1 changes likewise; ftfy also knows eight more encodings, lines that are garbled in part, and more
 * signs of it than the {@link #EVIDENCE} here.
 */
final class Mojibake {
    /** What a byte 0x80 to 0x9F means in windows-1252; itself where it means nothing. */
    static final String WINDOWS_1252_80_TO_9F = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";
    private static final String LATIN_1_80_TO_9F = IntStream.rangeClosed(0x80, 0x9F).mapToObj(Character::toString)
            .collect(Collectors.joining());

    /** Hardly found in text that is right, by ftfy's "badness": a C1 control, or a common first byte before a sign. */
    private static final Pattern EVIDENCE = Pattern
            .compile("[\\x80-\\x9F]|[ÂÃÎÐ][€œŠšŸž¢£\\xA0\\xAD®©°·´–—¡«¿‘‚“„•‹»”›™]");

    private Mojibake() {}

    /** Repairs text as often as it has been garbled; each time it becomes shorter. */
    static String repair(String text) {
        String repaired = text;
        while (repaired != null && EVIDENCE.matcher(repaired).find()) {
            text = repaired;
            repaired = decode(text);
        }
        return repaired == null ? text : repaired;
    }

    /** The text that one of the encodings makes of UTF-8, or null. */
    private static String decode(String text) {
        for (String from80To9F : List.of(LATIN_1_80_TO_9F, WINDOWS_1252_80_TO_9F)) {
            ByteBuffer bytes = encode(text, from80To9F);
            if (bytes != null) {
                try {
                    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
                } catch (CharacterCodingException e) {
                    continue; // not UTF-8: this encoding explains nothing
                }
            }
        }
        return null;
    }

    /** The bytes of a text in Latin-1 with other characters at 0x80 to 0x9F, or null where it has none. */
    private static ByteBuffer encode(String text, String from80To9F) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            int at = c < 0x80 ? -1 : from80To9F.indexOf(c);
            if (at < 0 && (c > 0xFF || c >= 0x80 && c <= 0x9F)) {
                return null;
            }
            bytes[i] = (byte) (at < 0 ? c : 0x80 + at);
        }
        return ByteBuffer.wrap(bytes);
    }
}
