package io.github.clip4j.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The first frame of a GIF in its place on the logical screen (GIF89a). The rest of the screen has the transparent
 * colour if there is one, otherwise colour 0, as in Pillow's {@code GifImagePlugin.py}. Decoded here because the JDK's
 * reader knows codes of 8 bits and fewer only, where Pillow reads 12.
 */
final class Gif {
    private static final int SCREEN = 6;
    private static final int BLOCKS = 13;
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xf9;
    private static final int FRAME = 0x2c;
    private static final int FRAME_BYTES = 10;
    private static final int TABLE = 0x80;
    private static final int INTERLACED = 0x40;
    private static final int MAX_CODE_BITS = 12;
    private static final int CODES = 1 << MAX_CODE_BITS;
    /** First row and distance of rows in each pass of an interlaced frame. */
    private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

    private final byte[] content;
    /** Where the frame's description begins, and what index is transparent, 0 if none is. */
    private final int frame;
    private final int background;
    private final byte[] colors; // red, green and blue of 256

    /**
     * Reads up to the first frame.
     *
     * @throws EOFException if it ends before
     */
    Gif(byte[] content) throws IOException {
        this.content = content;
        int at = BLOCKS + tableBytes(at(BLOCKS - 3));
        int transparent = 0;
        while (at(at) != FRAME) {
            if (at(at) == EXTENSION) {
                if (at(at + 1) == CONTROL && at(at + 2) == 4 && (at(at + 3) & 1) != 0) {
                    transparent = at(at + 6);
                }
                at += 2;
                while (at(at) != 0) {
                    at += 1 + at(at);
                }
            }
            at++; // the end of an extension, or something unknown
        }
        frame = at;
        background = transparent;
        boolean local = (at(frame + FRAME_BYTES - 1) & TABLE) != 0;
        colors = colors(local ? frame + FRAME_BYTES : BLOCKS,
                tableBytes(at(local ? frame + FRAME_BYTES - 1 : BLOCKS - 3)));
    }

    private int at(int position) throws EOFException {
        if (position >= content.length) {
            throw new EOFException();
        }
        return content[position] & 0xff;
    }

    private int number(int position) throws EOFException {
        return at(position) | at(position + 1) << 8;
    }

    private static int tableBytes(int flags) {
        return (flags & TABLE) == 0 ? 0 : 3 * (2 << (flags & 7));
    }

    /** A table of colours; indices that it lacks are black, and without a table they are shades of gray. */
    private byte[] colors(int from, int length) throws EOFException {
        byte[] table = new byte[3 * 256];
        for (int i = 0; i < table.length; i++) {
            table[i] = (byte) (i < length ? at(from + i) : length > 0 ? 0 : i / 3);
        }
        return table;
    }

    /** Width of the screen, or of what it takes to hold the frame. */
    int width() throws EOFException {
        return Math.max(number(SCREEN), number(frame + 1) + number(frame + 5));
    }

    /** Height of the screen, or of what it takes to hold the frame. */
    int height() throws EOFException {
        return Math.max(number(SCREEN + 2), number(frame + 3) + number(frame + 7));
    }

    /**
     * Decodes the frame.
     *
     * @throws EOFException if it ends early
     */
    RgbImage decode() throws IOException {
        int left = number(frame + 1);
        int top = number(frame + 3);
        int columns = number(frame + 5);
        int rows = number(frame + 7);
        int flags = at(frame + FRAME_BYTES - 1);
        byte[] indices = indices(frame + FRAME_BYTES + tableBytes(flags), Math.multiplyExact(columns, rows));
        int width = width();
        byte[] screen = new byte[Math.multiplyExact(width, height())];
        Arrays.fill(screen, (byte) background);
        int row = 0;
        for (int[] pass : (flags & INTERLACED) == 0 ? new int[][]{{0, 1}} : PASSES) {
            for (int y = pass[0]; y < rows; y += pass[1], row++) {
                System.arraycopy(indices, row * columns, screen, (top + y) * width + left, columns);
            }
        }
        byte[] pixels = new byte[Math.multiplyExact(3, screen.length)];
        for (int i = 0; i < screen.length; i++) {
            System.arraycopy(colors, 3 * (screen[i] & 0xff), pixels, 3 * i, 3);
        }
        return new RgbImage(width, height(), pixels);
    }

    /** Undoes LZW, whose codes begin at a place after their size: so many indices. */
    private byte[] indices(int from, int count) throws IOException {
        int bits = at(from);
        if (bits > MAX_CODE_BITS) {
            throw new IOException("codes of " + bits + " bits");
        }
        Strings strings = new Strings(bits);
        Codes codes = new Codes(from + 1);
        byte[] indices = new byte[count];
        for (int done = 0; done < count;) {
            int code = codes.next(strings.width);
            if (code == strings.clear) {
                strings.forget();
                continue;
            }
            if (code == strings.clear + 1) {
                throw new EOFException();
            }
            int length = Math.min(strings.take(code), count - done);
            for (int i = 0; i < length; i++) {
                indices[done++] = strings.index(i);
            }
        }
        return indices;
    }

    /** Which indices a code stands for: those of another code and one more. */
    private static final class Strings {
        private final int bits;
        private final int clear; // codes below are an index, this one forgets the others, the next one ends
        private final short[] prefix = new short[CODES];
        private final byte[] last = new byte[CODES];
        private final byte[] reversed = new byte[CODES]; // of the code that was taken
        private int length;
        private int width; // of a code in the file, in bits
        private int next; // code to be defined
        private int before; // the code that was taken before, -1 if there is none

        Strings(int bits) {
            this.bits = bits;
            clear = 1 << bits;
            forget();
        }

        void forget() {
            width = bits + 1;
            next = clear + 2;
            before = -1;
        }

        /** Takes a code, which defines the next one, and returns the number of its indices. */
        int take(int code) throws IOException {
            boolean known = code < next && (before >= 0 || code < clear);
            if (!known && (code != next || before < 0 || next >= CODES)) {
                throw new IOException("a code that was not defined");
            }
            int lengthBefore = length;
            length = 0;
            int at = code;
            if (code == next) {
                reversed[length++] = reversed[lengthBefore - 1];
                at = before;
            }
            while (at > clear) {
                reversed[length++] = last[at];
                at = prefix[at];
            }
            reversed[length++] = (byte) at;
            if (before >= 0 && next < CODES) {
                prefix[next] = (short) before;
                last[next] = (byte) at;
                next++;
                width += next == 1 << width && width < MAX_CODE_BITS ? 1 : 0;
            }
            before = code;
            return length;
        }

        byte index(int i) {
            return reversed[length - 1 - i];
        }
    }

    /** Codes from the lowest bit on, in blocks with their length before them. */
    private final class Codes {
        private int at;
        private int left; // of the block
        private int held; // bits that are read
        private int value;

        Codes(int from) {
            this.at = from;
        }

        int next(int width) throws EOFException {
            while (held < width) {
                if (left == 0) {
                    left = at(at++);
                    if (left == 0) {
                        throw new EOFException();
                    }
                }
                value |= at(at++) << held;
                held += 8;
                left--;
            }
            int code = value & (1 << width) - 1;
            value >>>= width;
            held -= width;
            return code;
        }
    }
}
