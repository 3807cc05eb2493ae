package io.github.clip4j.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTML's character references, decoded as {@code html.unescape} of Python and {@code unescape_html} of ftfy do. */
final class HtmlEntities {
    private static final Pattern REFERENCE = Pattern
            .compile("&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|([^\\t\\n\\f <&#;]{1,32};?))");
    private static final Pattern CLOSED_REFERENCE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

    /** Text by name, the name with its semicolon, and without where HTML allows that. */
    private static final Map<String, String> NAMED = readNames();

    private HtmlEntities() {}

    private static Map<String, String> readNames() {
        Map<String, String> named = HashMap.newHashMap(2_231);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                HtmlEntities.class.getResourceAsStream("html-entities.txt"), StandardCharsets.US_ASCII))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] fields = line.split(" ");
                StringBuilder text = new StringBuilder();
                for (int i = 1; i < fields.length; i++) {
                    text.appendCodePoint(Integer.parseInt(fields[i], 16));
                }
                String name = fields[0].replace("*", "");
                named.put(name + ';', text.toString());
                if (fields[0].endsWith("*")) {
                    named.put(name, text.toString());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return named;
    }

    /** Python's {@code html.unescape}: every reference, the longest known prefix of a name, HTML's numeric rules. */
    static String unescape(String text) {
        return REFERENCE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(decode(match.group(), match.group(1),
                        match.group(2), match.group(3))));
    }

    private static String decode(String reference, String decimal, String hexadecimal, String name) {
        if (name == null) {
            return decimal != null ? decode(codePoint(decimal, 10)) : decode(codePoint(hexadecimal, 16));
        }
        for (int length = name.length(); length > 1; length--) {
            String text = NAMED.get(name.substring(0, length));
            if (text != null) {
                return text + name.substring(length);
            }
        }
        return reference;
    }

    /** The number, or one that is too large for a code point as soon as it is. */
    private static int codePoint(String digits, int radix) {
        int value = 0;
        for (int i = 0; i < digits.length() && value <= Character.MAX_CODE_POINT; i++) {
            value = value * radix + Character.digit(digits.charAt(i), radix);
        }
        return value;
    }

    private static String decode(int codePoint) {
        boolean nonCharacter = (codePoint & 0xFFFE) == 0xFFFE || codePoint >= 0xFDD0 && codePoint <= 0xFDEF;
        if (codePoint == 0 || codePoint > Character.MAX_CODE_POINT
                || Character.getType(codePoint) == Character.SURROGATE) {
            return "\uFFFD";
        } else if (codePoint >= 0x80 && codePoint <= 0x9F) {
            return String.valueOf(Charmap.WINDOWS_1252.character(codePoint));
        } else if (nonCharacter || Character.isISOControl(codePoint) && "\t\n\f\r".indexOf(codePoint) < 0) {
            return "";
        }
        return Character.toString(codePoint);
    }

    /**
     * ftfy's {@code unescape_html}: only references that end in a semicolon and are known as a whole; and names in
     * capitals, such as {@code &EACUTE;}, where HTML itself sees nothing in them.
     */
    static String unescapeClosed(String text) {
        return CLOSED_REFERENCE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(decodeClosed(match.group())));
    }

    private static String decodeClosed(String reference) {
        if (reference.startsWith("&#")) {
            String decoded = unescape(reference);
            return decoded.contains(";") ? reference : decoded;
        }
        String name = reference.substring(1);
        String decoded = NAMED.get(name);
        if (decoded != null) {
            return decoded;
        }
        String inSmall = NAMED.get(name.toLowerCase(Locale.ROOT));
        boolean inCapitals = name.equals(name.toUpperCase(Locale.ROOT));
        return inSmall != null && inCapitals && unescape(reference).equals(reference)
                ? inSmall.toUpperCase(Locale.ROOT)
                : reference;
    }
}
