package io.github.clip4j.image.webp;

import java.io.EOFException;

/** The arithmetic decoder of VP8 (RFC 6386, section 7): bits of given probabilities from a part of a file. */
final class BoolDecoder {
    private final byte[] data;
    private final int end;
    private int position;
    private int range = 255; // 128 to 255
    private int value; // what is read and not used up; its upper part, above the lower bits, is below range
    private int bits = -8; // read beyond the eight that are compared
    private boolean exhausted;

    BoolDecoder(byte[] data, int from, int to) {
        this.data = data;
        this.position = from;
        this.end = to;
    }

    /** A bit that is 0 with a probability of {@code probability / 256}. */
    int bit(int probability) {
        if (bits < 0) {
            load();
        }
        int split = 1 + ((range - 1) * probability >> 8);
        int bit = value >> bits >= split ? 1 : 0;
        if (bit == 1) {
            range -= split;
            value -= split << bits;
        } else {
            range = split;
        }
        int shift = Integer.numberOfLeadingZeros(range) - 24;
        range <<= shift;
        bits -= shift;
        return bit;
    }

    private void load() {
        exhausted |= position == end; // zeros follow
        value = value << 8 | (position < end ? data[position++] & 0xff : 0);
        bits += 8;
    }

    boolean flag() {
        return bit(128) == 1;
    }

    /** An unsigned number of {@code count} bits, the highest first. */
    int number(int count) {
        int number = 0;
        for (int i = 0; i < count; i++) {
            number = 2 * number + bit(128);
        }
        return number;
    }

    /** A number of {@code count} bits and its sign. */
    int signed(int count) {
        int number = number(count);
        return flag() ? -number : number;
    }

    /** A signed number behind a flag, 0 where it is not set. */
    int optional(int count) {
        return flag() ? signed(count) : 0;
    }

    /** @throws EOFException if more was read than there is */
    void requireMore() throws EOFException {
        if (exhausted) {
            throw new EOFException();
        }
    }
}
