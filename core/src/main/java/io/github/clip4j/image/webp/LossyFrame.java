package io.github.clip4j.image.webp;

import io.github.clip4j.image.webp.FrameHeader.Segment;
import java.io.EOFException;
import java.io.IOException;

/** A key frame of VP8 (RFC 6386), with the values that libwebp gives. */
final class LossyFrame {
    private static final int SIDE = 16;
    private static final int BLOCK = 4;

    private final FrameHeader header;
    private final int columns;
    private final int rows;
    private final Plane luma;
    private final Plane[] chroma = new Plane[2];
    private final byte[] filterLevels; // of macroblocks
    private final boolean[] filteredWithin; // whether the edges of their blocks are filtered

    private LossyFrame(FrameHeader header) {
        this.header = header;
        this.columns = Math.ceilDiv(header.width(), SIDE);
        this.rows = Math.ceilDiv(header.height(), SIDE);
        this.luma = new Plane(columns * SIDE, rows * SIDE);
        for (int i = 0; i < chroma.length; i++) {
            chroma[i] = new Plane(columns * SIDE / 2, rows * SIDE / 2);
        }
        this.filterLevels = new byte[columns * rows];
        this.filteredWithin = new boolean[columns * rows];
    }

    /**
     * Decodes {@code data[from, to)}.
     *
     * @return red, green and blue of each pixel
     * @throws EOFException if it ends early
     */
    static byte[] decode(byte[] data, int from, int to) throws IOException {
        LossyFrame frame = new LossyFrame(FrameHeader.read(data, from, to));
        frame.reconstruct();
        frame.filter();
        return Colors.rgb(frame.luma, frame.chroma, frame.header.width(), frame.header.height());
    }

    private void reconstruct() throws EOFException {
        Macroblock macroblock = new Macroblock(header, columns);
        Coefficients coefficients = new Coefficients(header, columns);
        for (int row = 0; row < rows; row++) {
            BoolDecoder bits = header.partitions().get(row % header.partitions().size());
            macroblock.startRow();
            coefficients.startRow();
            for (int column = 0; column < columns; column++) {
                macroblock.read(column);
                boolean coded = coefficients(macroblock, coefficients, bits, column);
                predict(macroblock, coefficients, coded, column, row);
                noteFilter(macroblock, coded, row * columns + column);
            }
            header.modes().requireMore();
            bits.requireMore();
            repeatLast(row);
        }
    }

    private boolean coefficients(Macroblock macroblock, Coefficients coefficients, BoolDecoder bits, int column) {
        if (macroblock.skipped) {
            coefficients.skip(column, macroblock.byBlocks);
            return false;
        }
        return coefficients.read(bits, column, macroblock.byBlocks, segment(macroblock));
    }

    private Segment segment(Macroblock macroblock) {
        return header.segments().get(macroblock.segment);
    }

    private void predict(Macroblock macroblock, Coefficients coefficients, boolean coded, int column, int row) {
        if (!macroblock.byBlocks) {
            Prediction.square(luma, luma.at(column * SIDE, row * SIDE), SIDE, macroblock.luma, row > 0, column > 0);
        }
        for (int block = 0; block < SIDE; block++) {
            int x = block % BLOCK;
            int at = luma.at(column * SIDE + x * BLOCK, row * SIDE + block / BLOCK * BLOCK);
            if (macroblock.byBlocks) {
                // what is to the right of a row's last block is not there yet, but for that above the macroblock
                int right = x == BLOCK - 1 ? luma.at((column + 1) * SIDE, row * SIDE - 1) : at - luma.stride + BLOCK;
                Prediction.block(luma, at, macroblock.blocks[block], right);
            }
            if (coded) {
                Transform.add(coefficients.values, block * Coefficients.SIZE, luma, at);
            }
        }
        for (int plane = 0; plane < chroma.length; plane++) {
            int at = chroma[plane].at(column * SIDE / 2, row * SIDE / 2);
            Prediction.square(chroma[plane], at, SIDE / 2, macroblock.chroma, row > 0, column > 0);
            for (int block = 0; coded && block < BLOCK; block++) {
                Transform.add(coefficients.values, (SIDE + plane * BLOCK + block) * Coefficients.SIZE, chroma[plane],
                        at + block / 2 * BLOCK * chroma[plane].stride + block % 2 * BLOCK);
            }
        }
    }

    private void noteFilter(Macroblock macroblock, boolean coded, int index) {
        if (header.filter() != null) {
            filterLevels[index] = (byte) header.filter().level(segment(macroblock).filterLevel(), macroblock.byBlocks);
            filteredWithin[index] = coded || macroblock.byBlocks;
        }
    }

    /** What the blocks below see to the right of the frame: the last value of the row above them, repeated. */
    private void repeatLast(int row) {
        int last = luma.at(columns * SIDE - 1, row * SIDE + SIDE - 1);
        for (int i = 1; i <= BLOCK; i++) {
            luma.values[last + i] = luma.values[last];
        }
    }

    /** After all is predicted, for predictions are from values that are not filtered. */
    private void filter() {
        for (int index = 0; header.filter() != null && index < filterLevels.length; index++) {
            header.filter().apply(luma, chroma, index % columns, index / columns, filterLevels[index],
                    filteredWithin[index]);
        }
    }
}
