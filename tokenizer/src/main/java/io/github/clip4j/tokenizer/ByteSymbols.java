package io.github.clip4j.tokenizer;

import java.io.ByteArrayOutputStream;

/**
 * The printable characters that stand for the 256 bytes of UTF-8 in a vocabulary's tokens, as GPT-2 introduced them:
 * the visible characters of Latin-1 stand for themselves, the other 68 bytes for U+0100 to U+0143 in rising order.
 */
final class ByteSymbols {
    /** All symbols in the order of CLIP's vocabulary: the visible ones first. */
    static final String IN_VOCABULARY_ORDER;

    private static final char[] SYMBOL_OF_BYTE = new char[256];
    private static final int[] BYTE_OF_SYMBOL = new int[256 + 68];

    static {
        StringBuilder visible = new StringBuilder();
        StringBuilder others = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            boolean isVisible = b >= '!' && b <= '~' || b >= 0xA1 && b != 0xAD;
            char symbol = (char) (isVisible ? b : 256 + others.length());
            (isVisible ? visible : others).append(symbol);
            SYMBOL_OF_BYTE[b] = symbol;
            BYTE_OF_SYMBOL[symbol] = b;
        }
        IN_VOCABULARY_ORDER = visible.append(others).toString();
    }

    private ByteSymbols() {}

    static char symbol(byte b) {
        return SYMBOL_OF_BYTE[b & 0xFF];
    }

    /** Appends the bytes that the symbols of a token stand for. */
    static void appendBytes(String token, ByteArrayOutputStream out) {
        token.chars().forEach(symbol -> out.write(BYTE_OF_SYMBOL[symbol]));
    }
}
