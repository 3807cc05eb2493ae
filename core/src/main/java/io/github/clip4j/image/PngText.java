package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Texts of a PNG, in chunks tEXt, zTXt and iTXt. Source: PNG 1.2, section 4.2.3. */
final class PngText {
    private static final Set<String> TYPES = Set.of("tEXt", "zTXt", "iTXt");
    /** Of a text that is stored deflated, the most that Pillow takes. */
    private static final int MAX_BYTES = 1 << 20;

    private PngText() {}

    /** A text's chunk, from what follows the keyword on. */
    private record Text(String type, ByteBuffer rest) {}

    /** The bytes of the last text that has this keyword; if it is damaged it counts as missing. */
    static Optional<ByteBuffer> of(byte[] content, String keyword) {
        ByteBuffer start = ByteBuffer.wrap((keyword + "\0").getBytes(ISO_8859_1));
        int length = start.remaining();
        Text[] last = new Text[1];
        Chunks.forEachOfPng(content, (type, data) -> {
            if (TYPES.contains(type) && data.remaining() >= length && data.slice(0, length).equals(start)) {
                last[0] = new Text(type, data.slice(length, data.remaining() - length));
            }
        });
        return Optional.ofNullable(last[0]).map(PngText::decode);
    }

    private static ByteBuffer decode(Text text) {
        return switch (text.type) {
            case "tEXt" -> text.rest;
            case "zTXt" -> text.rest.hasRemaining() && text.rest.get() == 0 ? inflate(text.rest) : null;
            default -> international(text.rest);
        };
    }

    /** Whether and how it is deflated, a language, the keyword in it, and the text. */
    private static ByteBuffer international(ByteBuffer rest) {
        if (rest.remaining() < 2) {
            return null;
        }
        boolean deflated = rest.get() != 0;
        boolean known = rest.get() == 0;
        for (int i = 0; i < 2; i++) {
            while (rest.hasRemaining() && rest.get() != 0) {
                // up to the end of the language, and of the keyword
            }
        }
        return !deflated ? rest.slice() : known ? inflate(rest) : null;
    }

    private static ByteBuffer inflate(ByteBuffer deflated) {
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(deflated);
            byte[] text = new byte[MAX_BYTES];
            int length = inflater.inflate(text);
            return inflater.finished() ? ByteBuffer.wrap(Arrays.copyOf(text, length)) : null;
        } catch (DataFormatException e) {
            return null;
        }
    }
}
