package io.github.clip4j.image.webp;

import io.github.clip4j.image.webp.FrameHeader.Segment;
import java.util.Arrays;

/**
 * The coefficients of a macroblock (RFC 6386, section 13), dequantised (14.1), and which of its neighbours' blocks have
 * any, on which their probabilities depend.
 */
final class Coefficients {
    /** Of a block. */
    static final int SIZE = 16;
    /** Blocks of luma and of each chroma plane. */
    private static final int LUMA = 16;
    private static final int CHROMA = 4;

    /** Kinds of blocks: luma without its DCs, those DCs, chroma, luma with its DCs. */
    private static final int WITHOUT_DC = 0;
    private static final int LUMA_DC = 1;
    private static final int OF_CHROMA = 2;
    private static final int WITH_DC = 3;

    private static final int CONTEXTS = 3;
    private static final int PROBABILITIES = 11;
    private static final int BANDS = 8;
    /** By the number of the coefficient, with one more for that behind the last. */
    private static final int[] BAND = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    /** Probabilities of the lower bits of large values, by category; the smallest values are 11, 19, 35 and 67. */
    private static final int[][] LOWER_BITS = {{173, 148, 140}, {176, 155, 140, 135}, {180, 157, 141, 134, 130},
            {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}};

    /** What is known of a neighbour: blocks of its edge that have coefficients, luma, both chroma planes, luma DCs. */
    private static final int EDGE = 4 + 2 + 2 + 1;
    private static final int EDGE_DC = EDGE - 1;

    private final int[] probabilities;
    private final int[] above; // [columns, EDGE], 0 or 1
    private final int[] left = new int[EDGE];

    /** Of the last macroblock: 16 blocks of luma, then 4 of each chroma plane. */
    final int[] values = new int[(LUMA + 2 * CHROMA) * SIZE];
    private final int[] lumaDc = new int[SIZE];

    Coefficients(FrameHeader header, int columns) {
        this.probabilities = header.coefficients();
        this.above = new int[columns * EDGE];
    }

    void startRow() {
        Arrays.fill(left, 0);
    }

    /** Goes past a macroblock that has none. */
    void skip(int column, boolean byBlocks) {
        int end = byBlocks ? EDGE_DC : EDGE; // luma DCs of one that is predicted by blocks say nothing
        Arrays.fill(above, column * EDGE, column * EDGE + end, 0);
        Arrays.fill(left, 0, end, 0);
    }

    /**
     * Reads those of a macroblock.
     *
     * @return whether there are any: a first one that is not 0, or others, were they all told to be 0
     */
    boolean read(BoolDecoder bits, int column, boolean byBlocks, Segment segment) {
        Arrays.fill(values, 0);
        int at = column * EDGE;
        if (!byBlocks) {
            Arrays.fill(lumaDc, 0);
            int n = read(bits, LUMA_DC, above[at + EDGE_DC] + left[EDGE_DC], 0, segment.lumaDc(), lumaDc, 0);
            above[at + EDGE_DC] = left[EDGE_DC] = n > 0 ? 1 : 0;
            Transform.spreadDc(lumaDc, values);
        }
        boolean any = readPlane(bits, byBlocks ? WITH_DC : WITHOUT_DC, 4, 0, at, 0, segment.luma());
        any |= readPlane(bits, OF_CHROMA, 2, 4, at, LUMA, segment.chroma());
        return any | readPlane(bits, OF_CHROMA, 2, 6, at, LUMA + CHROMA, segment.chroma());
    }

    /**
     * Reads the blocks of a plane, {@code side} to a row.
     *
     * @param edge where the plane is in what is known of neighbours
     * @param block number of its first one
     */
    private boolean readPlane(BoolDecoder bits, int kind, int side, int edge, int at, int block, int[] steps) {
        int first = kind == WITHOUT_DC ? 1 : 0;
        boolean any = false;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int context = above[at + edge + x] + left[edge + y];
                int offset = (block + y * side + x) * SIZE;
                int n = read(bits, kind, context, first, steps, values, offset);
                above[at + edge + x] = left[edge + y] = n > first ? 1 : 0;
                any |= n > 1 || values[offset] != 0;
            }
        }
        return any;
    }

    /**
     * Reads the coefficients of a block.
     *
     * @param first the number of the first one
     * @param steps of the first of all and of the others
     * @return the number of the last one that is told, plus 1; {@code first} if there is none
     */
    private int read(BoolDecoder bits, int kind, int context, int first, int[] steps, int[] target, int offset) {
        int p = place(kind, first, context);
        for (int n = first; n < SIZE; n++) {
            if (bits.bit(probabilities[p]) == 0) {
                return n;
            }
            while (bits.bit(probabilities[p + 1]) == 0) {
                n++;
                p = place(kind, n, 0);
                if (n == SIZE) {
                    return SIZE;
                }
            }
            int value = 1;
            if (bits.bit(probabilities[p + 2]) == 1) {
                value = large(bits, p);
            }
            p = place(kind, n + 1, value == 1 ? 1 : 2);
            int signed = bits.flag() ? -value : value;
            target[offset + ZIGZAG[n]] = (short) (signed * steps[n > 0 ? 1 : 0]); // as wide as in libwebp
        }
        return SIZE;
    }

    private static int place(int kind, int n, int context) {
        return ((kind * BANDS + BAND[n]) * CONTEXTS + context) * PROBABILITIES;
    }

    /** A value of 2 or more. */
    private int large(BoolDecoder bits, int p) {
        if (bits.bit(probabilities[p + 3]) == 0) {
            return bits.bit(probabilities[p + 4]) == 0 ? 2 : 3 + bits.bit(probabilities[p + 5]);
        }
        if (bits.bit(probabilities[p + 6]) == 0) {
            if (bits.bit(probabilities[p + 7]) == 0) {
                return 5 + bits.bit(159);
            }
            int upper = bits.bit(165);
            return 7 + 2 * upper + bits.bit(145);
        }
        int upper = bits.bit(probabilities[p + 8]);
        int category = 2 * upper + bits.bit(probabilities[p + 9 + upper]);
        int value = 0;
        for (int probability : LOWER_BITS[category]) {
            value = 2 * value + bits.bit(probability);
        }
        return 3 + (8 << category) + value;
    }
}
