package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What stands beside the pixels of a PNG, in chunks of their own or as texts in chunks tEXt, zTXt and iTXt. What is
 * damaged counts as missing. Source: PNG 1.2, sections 3.2 and 4.2.3.
 */
final class PngChunks {
    private static final int SIGNATURE_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final Set<String> TEXTS = Set.of("tEXt", "zTXt", "iTXt");
    /** Of a text that is stored deflated, the most that Pillow takes. */
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private PngChunks() {}

    /** The data of the last chunk of this type. */
    static Optional<ByteBuffer> last(byte[] content, String type) {
        ByteBuffer[] last = new ByteBuffer[1];
        forEach(content, (found, data) -> last[0] = found.equals(type) ? data : last[0]);
        return Optional.ofNullable(last[0]);
    }

    private static void forEach(byte[] content, BiConsumer<String, ByteBuffer> chunks) {
        ByteBuffer rest = ByteBuffer.wrap(content).position(Math.min(SIGNATURE_BYTES, content.length));
        byte[] type = new byte[4];
        while (rest.remaining() >= Integer.BYTES + type.length) {
            long length = Integer.toUnsignedLong(rest.getInt());
            rest.get(type);
            if (length > rest.remaining()) {
                return;
            }
            chunks.accept(new String(type, ISO_8859_1), rest.slice(rest.position(), (int) length));
            rest.position((int) Math.min(rest.position() + length + CHECKSUM_BYTES, rest.limit()));
        }
    }

    /** A text's chunk, from what follows the keyword on. */
    private record Text(String type, ByteBuffer rest) {}

    /** The bytes of the last text that has this keyword. */
    static Optional<ByteBuffer> lastText(byte[] content, String keyword) {
        ByteBuffer start = ByteBuffer.wrap((keyword + "\0").getBytes(ISO_8859_1));
        int length = start.remaining();
        Text[] last = new Text[1];
        forEach(content, (type, data) -> {
            if (TEXTS.contains(type) && data.remaining() >= length && data.slice(0, length).equals(start)) {
                last[0] = new Text(type, data.slice(length, data.remaining() - length));
            }
        });
        return Optional.ofNullable(last[0]).map(PngChunks::decode);
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
            byte[] text = new byte[MAX_TEXT_BYTES];
            int length = inflater.inflate(text);
            return inflater.finished() ? ByteBuffer.wrap(Arrays.copyOf(text, length)) : null;
        } catch (DataFormatException e) {
            return null;
        }
    }
}
