package io.github.clip4j.image.webp;

import static io.github.clip4j.image.webp.Macroblock.DC;
import static io.github.clip4j.image.webp.Macroblock.HORIZONTAL;
import static io.github.clip4j.image.webp.Macroblock.HORIZONTAL_DOWN;
import static io.github.clip4j.image.webp.Macroblock.HORIZONTAL_UP;
import static io.github.clip4j.image.webp.Macroblock.LEFT_DOWN;
import static io.github.clip4j.image.webp.Macroblock.RIGHT_DOWN;
import static io.github.clip4j.image.webp.Macroblock.TRUE_MOTION;
import static io.github.clip4j.image.webp.Macroblock.VERTICAL;
import static io.github.clip4j.image.webp.Macroblock.VERTICAL_LEFT;
import static io.github.clip4j.image.webp.Macroblock.VERTICAL_RIGHT;

/** Values from those above and to the left (RFC 6386, section 12). */
final class Prediction {
    private static final int SIDE = 4;

    private Prediction() {}

    /**
     * Predicts a square of a macroblock: 16 x 16 of luma, or 8 x 8 of chroma.
     *
     * @param hasAbove whether there is a macroblock above, and {@code hasLeft} one to the left: a mean is of what is
     *        there
     */
    static void square(Plane plane, int at, int side, int mode, boolean hasAbove, boolean hasLeft) {
        int above = at - plane.stride;
        int mean = mode == DC ? mean(plane, at, side, hasAbove, hasLeft) : 0;
        for (int y = 0; y < side; y++) {
            int row = at + y * plane.stride;
            int left = plane.get(row - 1);
            for (int x = 0; x < side; x++) {
                plane.set(row + x, switch (mode) {
                    case DC -> mean;
                    case TRUE_MOTION -> Plane.clip(left + plane.get(above + x) - plane.get(above - 1));
                    case VERTICAL -> plane.get(above + x);
                    case HORIZONTAL -> left;
                    default -> throw new IllegalArgumentException("mode " + mode);
                });
            }
        }
    }

    private static int mean(Plane plane, int at, int side, boolean hasAbove, boolean hasLeft) {
        if (!hasAbove && !hasLeft) {
            return 128;
        }
        int sum = 0;
        for (int i = 0; i < side; i++) {
            sum += hasAbove ? plane.get(at - plane.stride + i) : 0;
            sum += hasLeft ? plane.get(at + i * plane.stride - 1) : 0;
        }
        int count = hasAbove && hasLeft ? 2 * side : side;
        return (sum + count / 2) / count;
    }

    /**
     * Predicts a block of 4 x 4.
     *
     * @param right where the four values stand that follow those above it
     */
    static void block(Plane plane, int at, int mode, int right) {
        int[] e = new int[13]; // the edge: from the lowest on the left, over the corner in the middle, to the right
        for (int i = 0; i < SIDE; i++) {
            e[i] = plane.get(at + (SIDE - 1 - i) * plane.stride - 1);
            e[5 + i] = plane.get(at - plane.stride + i);
            e[9 + i] = plane.get(right + i);
        }
        e[4] = plane.get(at - plane.stride - 1);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                plane.set(at + y * plane.stride + x, value(e, mode, x, y));
            }
        }
    }

    /** The value at a place; 4 is the corner in e, 5 + x what is above and 3 - y what is to the left. */
    private static int value(int[] e, int mode, int x, int y) {
        return switch (mode) {
            case DC -> e[0] + e[1] + e[2] + e[3] + e[5] + e[6] + e[7] + e[8] + 4 >> 3;
            case TRUE_MOTION -> Plane.clip(e[3 - y] + e[5 + x] - e[4]);
            case VERTICAL -> smooth(e, 5 + x);
            case HORIZONTAL -> y == 3 ? mean(e[1], e[0], e[0]) : smooth(e, 3 - y);
            case LEFT_DOWN -> x + y == 6 ? mean(e[11], e[12], e[12]) : smooth(e, 6 + x + y);
            case RIGHT_DOWN -> smooth(e, 4 + x - y);
            case VERTICAL_RIGHT -> verticalRight(e, x, y);
            case VERTICAL_LEFT -> verticalLeft(e, x, y);
            case HORIZONTAL_DOWN -> horizontalDown(e, x, y);
            case HORIZONTAL_UP -> horizontalUp(e, x, y);
            default -> throw new IllegalArgumentException("mode " + mode);
        };
    }

    private static int verticalRight(int[] e, int x, int y) {
        int along = 2 * x - y; // twice the way to the right, less that down
        if (along < 0) {
            return smooth(e, along == -1 ? 4 : 5 - y);
        }
        return y % 2 == 0 ? mean(e[4 + along / 2], e[5 + along / 2]) : smooth(e, 5 + (along - 1) / 2);
    }

    private static int verticalLeft(int[] e, int x, int y) {
        if (x == 3 && y >= 2) { // the two that would be beyond
            return smooth(e, y == 2 ? 10 : 11);
        }
        int i = 5 + x + y / 2;
        return y % 2 == 0 ? mean(e[i], e[i + 1]) : smooth(e, i + 1);
    }

    private static int horizontalDown(int[] e, int x, int y) {
        int along = 2 * y - x;
        if (along < 0) {
            return smooth(e, along == -1 ? 4 : 3 + x);
        }
        return x % 2 == 0 ? mean(e[4 - along / 2], e[3 - along / 2]) : smooth(e, 3 - (along - 1) / 2);
    }

    private static int horizontalUp(int[] e, int x, int y) {
        int along = 2 * y + x;
        if (along >= 5) {
            return along == 5 ? mean(e[1], e[0], e[0]) : e[0];
        }
        int i = 3 - along / 2;
        return along % 2 == 0 ? mean(e[i], e[i - 1]) : mean(e[i], e[i - 1], e[i - 2]);
    }

    private static int smooth(int[] e, int i) {
        return mean(e[i - 1], e[i], e[i + 1]);
    }

    private static int mean(int a, int b) {
        return a + b + 1 >> 1;
    }

    private static int mean(int a, int b, int c) {
        return a + 2 * b + c + 2 >> 2;
    }
}
