package io.github.clip4j.image.webp;

import java.util.Arrays;

/**
 * How a macroblock of 16 x 16 pixels is predicted (RFC 6386, sections 8 and 11), and what tells that of the next one.
 */
final class Macroblock {
    /** Modes of a macroblock as those of its blocks; the others are for blocks alone. */
    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int LEFT_DOWN = 4;
    static final int RIGHT_DOWN = 5;
    static final int VERTICAL_RIGHT = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;
    /** Blocks in a row of a macroblock. */
    static final int BLOCKS = 4;

    /** The tree of a block's mode: where to go from an even place and the one after it, or the complement of a mode. */
    private static final int[] BLOCK_TREE = {~DC, 2, ~TRUE_MOTION, 4, ~VERTICAL, 6, 8, 12, ~HORIZONTAL, 10,
            ~RIGHT_DOWN, ~VERTICAL_RIGHT, ~LEFT_DOWN, 14, ~VERTICAL_LEFT, 16, ~HORIZONTAL_DOWN, ~HORIZONTAL_UP};
    private static final int MODES = 10;

    private final FrameHeader header;
    private final int[] above; // modes of the blocks above, of a whole row
    private final int[] left = new int[BLOCKS];

    /** Of the last macroblock that was read. */
    int segment;
    boolean skipped; // it has no coefficients
    boolean byBlocks;
    /** Of all of its luma; without meaning if it is predicted by blocks. */
    int luma;
    final int[] blocks = new int[BLOCKS * BLOCKS];
    int chroma;

    Macroblock(FrameHeader header, int columns) {
        this.header = header;
        this.above = new int[columns * BLOCKS];
    }

    void startRow() {
        Arrays.fill(left, DC);
    }

    /** Reads what comes next, of a macroblock in a column. */
    void read(int column) {
        BoolDecoder bits = header.modes();
        int[] tree = header.segmentProbabilities();
        segment = tree == null ? 0 : bits.bit(tree[0]) == 0 ? bits.bit(tree[1]) : 2 + bits.bit(tree[2]);
        skipped = header.skipProbability() > 0 && bits.bit(header.skipProbability()) == 1;
        byBlocks = bits.bit(145) == 0;
        if (byBlocks) {
            readBlocks(bits, column * BLOCKS);
        } else {
            luma = bits.bit(156) == 1
                    ? bits.bit(128) == 1 ? TRUE_MOTION : HORIZONTAL
                    : bits.bit(163) == 1 ? VERTICAL : DC;
            Arrays.fill(above, column * BLOCKS, (column + 1) * BLOCKS, luma);
            Arrays.fill(left, luma);
        }
        chroma = bits.bit(142) == 0
                ? DC
                : bits.bit(114) == 0 ? VERTICAL : bits.bit(183) == 1 ? TRUE_MOTION : HORIZONTAL;
    }

    private void readBlocks(BoolDecoder bits, int first) {
        for (int y = 0; y < BLOCKS; y++) {
            for (int x = 0; x < BLOCKS; x++) {
                int probabilities = (above[first + x] * MODES + left[y]) * (MODES - 1);
                int node = 0;
                do {
                    node = BLOCK_TREE[node + bits.bit(Tables.BLOCK_MODES[probabilities + node / 2])];
                } while (node > 0);
                blocks[y * BLOCKS + x] = ~node;
                above[first + x] = ~node;
                left[y] = ~node;
            }
        }
    }
}
