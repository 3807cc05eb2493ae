package io.github.clip4j.image.webp;

import io.github.clip4j.image.RgbImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A WebP file: its picture, or the first of an animation (Google, WebP Container Specification). Pictures are lossy,
 * which is a key frame of VP8 and decoded here, or lossless. Alpha is dropped, as in Pillow's {@code convert("RGB")}.
 */
public final class WebP {
    private static final int RIFF = 12;
    private static final int CHUNK = 8;
    private static final int ANIMATED = 2;
    /** What stands in a frame's chunk before the frame. */
    private static final int FRAME_HEADER = 16;

    private final int width;
    private final int height;
    private final Frame frame;

    private WebP(int width, int height, Frame frame) {
        this.width = width;
        this.height = height;
        this.frame = frame;
    }

    /**
     * @param from where its data begins, after the chunk's name and length
     * @param x of its left edge in the whole picture
     */
    private record Frame(boolean lossy, byte[] file, int from, int to, int x, int y) {}

    /** A chunk's name, and where its content is. */
    private record Chunk(String name, int from, int to) {
        /** The chunk at a place, or null at the end. */
        static Chunk at(byte[] file, int at, int end) throws EOFException {
            if (at >= end) {
                return null;
            }
            if (end - at < CHUNK) {
                throw new EOFException();
            }
            String name = new String(file, at, 4, StandardCharsets.ISO_8859_1);
            long to = at + CHUNK + Integer.toUnsignedLong(FrameHeader.littleEndian(file, at + 4, 4));
            if (to > end) {
                throw new EOFException();
            }
            return new Chunk(name, at + CHUNK, (int) to);
        }

        /** Chunks have even lengths. */
        int next() {
            return to + (to - from) % 2;
        }

        boolean isPicture() {
            return name.equals("VP8 ") || name.equals("VP8L");
        }
    }

    /**
     * Reads what a file says of itself.
     *
     * @throws EOFException if it ends early
     * @throws IOException if it is broken
     */
    public static WebP read(byte[] file) throws IOException {
        int end = end(file);
        Chunk first = Chunk.at(file, RIFF, end);
        FrameHeader.require(first != null, "there is nothing in it");
        if (!first.name.equals("VP8X")) {
            Frame frame = picture(file, RIFF, end, 0, 0);
            int[] size = size(frame);
            return new WebP(size[0], size[1], frame);
        }
        FrameHeader.require(first.to - first.from >= 10, "the chunk VP8X is too short");
        int width = 1 + FrameHeader.littleEndian(file, first.from + 4, 3);
        int height = 1 + FrameHeader.littleEndian(file, first.from + 7, 3);
        boolean animated = (file[first.from] & ANIMATED) != 0;
        Frame frame = animated
                ? firstFrame(file, first.next(), end)
                : picture(file, first.next(), end, 0, 0);
        int[] size = size(frame);
        FrameHeader.require(animated
                ? frame.x + size[0] <= width && frame.y + size[1] <= height
                : size[0] == width && size[1] == height,
                "a frame of %d x %d pixels in a picture of %d x %d".formatted(size[0], size[1], width, height));
        return new WebP(width, height, frame);
    }

    /** The data of the first chunk of this name; what is cut off counts as missing. */
    public static Optional<ByteBuffer> chunk(byte[] file, String name) {
        try {
            int end = end(file);
            for (Chunk chunk = Chunk.at(file, RIFF, end); chunk != null; chunk = Chunk.at(file, chunk.next(), end)) {
                if (chunk.name.equals(name)) {
                    return Optional.of(ByteBuffer.wrap(file).slice(chunk.from, chunk.to - chunk.from));
                }
            }
        } catch (EOFException e) {
            // missing
        }
        return Optional.empty();
    }

    /** Where the file ends by its own header. */
    private static int end(byte[] file) throws EOFException {
        if (file.length < RIFF + CHUNK) {
            throw new EOFException();
        }
        long end = CHUNK + Integer.toUnsignedLong(FrameHeader.littleEndian(file, 4, 4));
        if (end > file.length) {
            throw new EOFException();
        }
        return (int) end;
    }

    private static Frame firstFrame(byte[] file, int from, int end) throws IOException {
        for (Chunk chunk = Chunk.at(file, from, end); chunk != null; chunk = Chunk.at(file, chunk.next(), end)) {
            if (chunk.name.equals("ANMF")) {
                FrameHeader.require(chunk.to - chunk.from >= FRAME_HEADER, "the chunk ANMF is too short");
                return picture(file, chunk.from + FRAME_HEADER, chunk.to,
                        2 * FrameHeader.littleEndian(file, chunk.from, 3),
                        2 * FrameHeader.littleEndian(file, chunk.from + 3, 3));
            }
        }
        throw new IOException("an animation without a frame");
    }

    private static Frame picture(byte[] file, int from, int end, int x, int y) throws IOException {
        for (Chunk chunk = Chunk.at(file, from, end); chunk != null; chunk = Chunk.at(file, chunk.next(), end)) {
            if (chunk.isPicture()) {
                return new Frame(chunk.name.equals("VP8 "), file, chunk.from, chunk.to, x, y);
            }
        }
        throw new IOException("there is no picture in it");
    }

    /** Width and height as the frame's own header has them. */
    private static int[] size(Frame frame) throws EOFException {
        if (frame.to - frame.from < 10) {
            throw new EOFException();
        }
        if (frame.lossy) {
            return new int[]{FrameHeader.littleEndian(frame.file, frame.from + 6, 2) & 0x3fff,
                    FrameHeader.littleEndian(frame.file, frame.from + 8, 2) & 0x3fff};
        }
        int bits = FrameHeader.littleEndian(frame.file, frame.from + 1, 4);
        return new int[]{1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)};
    }

    /** Width of the whole picture in pixels, where a frame of an animation may be smaller. */
    public int width() {
        return width;
    }

    /** Height of the whole picture. */
    public int height() {
        return height;
    }

    /** Whether {@link #decode} can be called. */
    public boolean isLossy() {
        return frame.lossy;
    }

    /**
     * Decodes a lossy picture.
     *
     * @throws EOFException if it ends early
     * @throws IOException if it is broken
     */
    public RgbImage decode() throws IOException {
        int[] size = size(frame);
        return place(new RgbImage(size[0], size[1], LossyFrame.decode(frame.file, frame.from, frame.to)));
    }

    /** The frame as a file of its own, for decoders that know no animations. */
    public byte[] alone() {
        int length = frame.to - frame.from;
        byte[] alone = Arrays.copyOf(Arrays.copyOf(frame.file, RIFF), RIFF + CHUNK + length + length % 2);
        writeLength(alone, 4, alone.length - CHUNK);
        System.arraycopy(frame.file, frame.from - CHUNK, alone, RIFF, CHUNK + length);
        return alone;
    }

    private static void writeLength(byte[] file, int at, int length) {
        for (int i = 0; i < 4; i++) {
            file[at + i] = (byte) (length >> 8 * i);
        }
    }

    /** A decoded frame in its place in the whole picture; the rest is black. */
    public RgbImage place(RgbImage decoded) {
        if (decoded.width() == width && decoded.height() == height) {
            return decoded;
        }
        byte[] pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int y = 0; y < decoded.height(); y++) {
            System.arraycopy(decoded.pixels(), 3 * y * decoded.width(), pixels,
                    3 * ((frame.y + y) * width + frame.x), 3 * decoded.width());
        }
        return new RgbImage(width, height, pixels);
    }
}
