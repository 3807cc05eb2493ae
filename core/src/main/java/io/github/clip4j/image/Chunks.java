package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What PNG and WebP consist of: chunks with a name and a length. What follows a damaged one counts as missing. */
final class Chunks {
    private static final int PNG_SIGNATURE = 8;
    private static final int PNG_CHECKSUM = 4;
    private static final int RIFF_HEADER = 12;

    private Chunks() {}

    /** The last chunk of a PNG that has this name. */
    static Optional<ByteBuffer> ofPng(byte[] content, String name) {
        ByteBuffer[] last = new ByteBuffer[1];
        forEachOfPng(content, (found, data) -> last[0] = found.equals(name) ? data : last[0]);
        return Optional.ofNullable(last[0]);
    }

    /** Names and data of a PNG's chunks, in order. */
    static void forEachOfPng(byte[] content, BiConsumer<String, ByteBuffer> chunks) {
        ByteBuffer rest = ByteBuffer.wrap(content).position(Math.min(PNG_SIGNATURE, content.length));
        while (rest.remaining() >= 8) {
            long length = Integer.toUnsignedLong(rest.getInt());
            String name = name(rest);
            if (length > rest.remaining()) {
                return;
            }
            chunks.accept(name, rest.slice(rest.position(), (int) length));
            rest.position((int) Math.min(rest.position() + length + PNG_CHECKSUM, rest.limit()));
        }
    }

    /** The first chunk of a WebP that has this name. */
    static Optional<ByteBuffer> ofWebp(byte[] content, String name) {
        ByteBuffer rest = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)
                .position(Math.min(RIFF_HEADER, content.length));
        while (rest.remaining() >= 8) {
            String found = name(rest);
            long length = Integer.toUnsignedLong(rest.getInt());
            if (length > rest.remaining()) {
                return Optional.empty();
            }
            if (found.equals(name)) {
                return Optional.of(rest.slice(rest.position(), (int) length));
            }
            rest.position((int) Math.min(rest.position() + length + length % 2, rest.limit()));
        }
        return Optional.empty();
    }

    private static String name(ByteBuffer rest) {
        byte[] name = new byte[4];
        rest.get(name);
        return new String(name, ISO_8859_1);
    }
}
