package io.github.clip4j.image.webp;

import java.util.Arrays;

/**
 * Values of luma or chroma of all macroblocks, in a frame of values that prediction takes for what is outside: 127
 * above, with the corner, and 129 on the left.
 */
final class Plane {
    private static final int ABOVE = 127;
    private static final int LEFT = 129;
    /** Columns before the first; those behind the last are for the blocks that look up and to the right. */
    private static final int MARGIN = 1;
    private static final int RIGHT = 4;

    final int stride;
    final byte[] values;

    Plane(int width, int height) {
        stride = Math.addExact(width, MARGIN + RIGHT);
        values = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(values, 0, stride, (byte) ABOVE);
        for (int y = 0; y < height; y++) {
            values[at(0, y) - 1] = (byte) LEFT;
        }
    }

    /** Where a value stands. */
    int at(int x, int y) {
        return (y + 1) * stride + MARGIN + x;
    }

    int get(int at) {
        return values[at] & 0xff;
    }

    void set(int at, int value) {
        values[at] = (byte) value;
    }

    /** Adds to a value, which stays within 0 to 255. */
    void add(int at, int difference) {
        values[at] = (byte) clip(get(at) + difference);
    }

    static int clip(int value) {
        return Math.clamp(value, 0, 255);
    }
}
