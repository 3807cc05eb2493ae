package io.github.clip4j.tokenizer;

import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What {@code fix_text} of ftfy 6.3.1 does by default: HTML references, {@link Mojibake}, C1
 * controls, Latin ligatures, half and full width, curly quotes, line breaks, terminal escapes, control characters and
 * NFC, over and over until nothing changes.
 */
final class TextFixer {
    /** ftfy has no bound; each further pass undoes one more level of escaping, and hostile text may nest very deep. */
    private static final int MAX_PASSES = 16;

    private static final Map<Integer, String> LIGATURES = Map.ofEntries(Map.entry(0x132, "IJ"), Map.entry(0x133, "ij"),
            Map.entry(0x149, "'n"), Map.entry(0x1F1, "DZ"), Map.entry(0x1F2, "Dz"), Map.entry(0x1F3, "dz"),
            Map.entry(0x1C4, "DŽ"), Map.entry(0x1C5, "Dž"), Map.entry(0x1C6, "dž"), Map.entry(0x1C7, "LJ"),
            Map.entry(0x1C8, "Lj"), Map.entry(0x1C9, "lj"), Map.entry(0x1CA, "NJ"), Map.entry(0x1CB, "Nj"),
            Map.entry(0x1CC, "nj"), Map.entry(0xFB00, "ff"), Map.entry(0xFB01, "fi"), Map.entry(0xFB02, "fl"),
            Map.entry(0xFB03, "ffi"), Map.entry(0xFB04, "ffl"), Map.entry(0xFB05, "ſt"), Map.entry(0xFB06, "st"));

    private static final Pattern TERMINAL_ESCAPE_OR_CONTROL = Pattern.compile("\\x1B\\[[\\p{Nd};]*[a-zA-Z]"
            + "|[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\\u206A-\\u206F\\uFEFF\\uFFF9-\\uFFFC]");

    private TextFixer() {}

    /** Fixes line by line; once a line holds a {@code <}, it and those after it are HTML and keep their references. */
    static String fix(String text) {
        StringBuilder fixed = new StringBuilder(text.length());
        boolean unescape = true;
        for (int start = 0; start < text.length();) {
            int end = text.indexOf('\n', start) + 1;
            String line = text.substring(start, end == 0 ? text.length() : end);
            unescape &= line.indexOf('<') < 0;
            fixed.append(fixLine(line, unescape));
            start += line.length();
        }
        return fixed.toString();
    }

    private static String fixLine(String line, boolean unescape) {
        String before;
        int passes = 0;
        do {
            before = line;
            line = unescape ? HtmlEntities.unescapeClosed(line) : line;
            line = Mojibake.repair(line);
            line = line.codePoints().collect(StringBuilder::new, TextFixer::appendFixed, StringBuilder::append)
                    .toString();
            line = TERMINAL_ESCAPE_OR_CONTROL.matcher(line).replaceAll("");
            line = TextNormalizer.nfc(line);
        } while (!line.equals(before) && ++passes < MAX_PASSES);
        return line;
    }

    private static void appendFixed(StringBuilder out, int codePoint) {
        int c = codePoint >= 0x80 && codePoint <= 0x9F
                ? Charmap.WINDOWS_1252.character(codePoint)
                : codePoint;
        if (c == 0x02BC || c >= 0x2018 && c <= 0x201B) {
            out.append('\'');
        } else if (c >= 0x201C && c <= 0x201F) {
            out.append('"');
        } else if (c == '\r' || c == 0x2028 || c == 0x2029) {
            out.append('\n');
        } else if (c == 0x3000) {
            out.append(' ');
        } else if (c > 0xFF00 && c < 0xFFF0) { // half-width and full-width forms
            out.append(Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC));
        } else if (LIGATURES.containsKey(c)) {
            out.append(LIGATURES.get(c));
        } else {
            out.appendCodePoint(c);
        }
    }
}
