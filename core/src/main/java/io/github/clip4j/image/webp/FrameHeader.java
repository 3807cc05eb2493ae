package io.github.clip4j.image.webp;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the macroblocks of a key frame (RFC 6386, section 9).
 *
 * @param width of the picture in pixels
 * @param segments four, or one for all macroblocks
 * @param segmentProbabilities of the tree of a macroblock's segment; null where macroblocks do not say theirs
 * @param filter null where there is none
 * @param coefficients probabilities by kind, band and context: [4, 8, 3, 11]
 * @param skipProbability of a macroblock that has coefficients; 0 where macroblocks do not say so
 * @param modes what the first partition goes on with: the modes of macroblocks
 * @param partitions coefficients, those of row y of macroblocks in partition {@code y % n}
 */
record FrameHeader(int width, int height, List<Segment> segments, int[] segmentProbabilities, LoopFilter filter,
        int[] coefficients, int skipProbability, BoolDecoder modes, List<BoolDecoder> partitions) {
    private static final int LENGTH = 10;
    private static final int SEGMENTS = 4;

    /**
     * How the macroblocks of a segment are quantised and filtered.
     *
     * @param luma steps of DC and AC
     * @param lumaDc steps of the DC and AC coefficients of the sixteen luma DCs
     * @param chroma steps of DC and AC
     * @param filterLevel 0 to 63
     */
    record Segment(int[] luma, int[] lumaDc, int[] chroma, int filterLevel) {}

    /** What a segment's own quantiser and filter level are, or what is added to the frame's. */
    private record Deltas(boolean absolute, int[] quantizers, int[] filterLevels) {
        static final Deltas NONE = new Deltas(false, new int[1], new int[1]);

        int quantizer(int segment, int base) {
            return quantizers[segment] + (absolute ? 0 : base);
        }

        int filterLevel(int segment, int base) {
            return filterLevels[segment] + (absolute ? 0 : base);
        }
    }

    /** Reads the header of the frame in {@code data[from, to)}. */
    static FrameHeader read(byte[] data, int from, int to) throws IOException {
        if (to - from < LENGTH) {
            throw new EOFException();
        }
        int tag = littleEndian(data, from, 3);
        int first = from + LENGTH;
        int partitions = first + (tag >> 5);
        require((tag & 1) == 0 && (tag >> 1 & 7) <= 3 && (tag >> 4 & 1) == 1, "expected a key frame that is shown");
        require(littleEndian(data, from + 3, 3) == 0x2a019d, "the start code of the frame is missing");
        int width = littleEndian(data, from + 6, 2) & 0x3fff;
        int height = littleEndian(data, from + 8, 2) & 0x3fff;
        require(width > 0 && height > 0, "a frame of %d x %d pixels".formatted(width, height));
        if (partitions > to) {
            throw new EOFException();
        }
        BoolDecoder bits = new BoolDecoder(data, first, partitions);
        bits.number(2); // the colour space, and whether values may be out of bounds: neither changes the result
        int[] segmentProbabilities = null;
        Deltas deltas = Deltas.NONE;
        if (bits.flag()) {
            boolean map = bits.flag();
            deltas = bits.flag() ? deltas(bits) : new Deltas(true, new int[SEGMENTS], new int[SEGMENTS]);
            segmentProbabilities = map ? segmentProbabilities(bits) : null;
        }
        bits.requireMore();
        boolean simple = bits.flag();
        int level = bits.number(6);
        int sharpness = bits.number(3);
        int[] levelDeltas = levelDeltas(bits);
        bits.requireMore();
        List<BoolDecoder> coefficientParts = partitions(data, partitions, to, 1 << bits.number(2));
        List<Segment> segments = segments(bits, deltas, level);
        bits.requireMore();
        bits.flag(); // whether the probabilities are for later frames too
        int[] coefficients = coefficients(bits);
        int skipProbability = bits.flag() ? bits.number(8) : 0;
        LoopFilter filter = level == 0 ? null : new LoopFilter(simple, sharpness, levelDeltas);
        return new FrameHeader(width, height, segments, segmentProbabilities, filter, coefficients, skipProbability,
                bits, coefficientParts);
    }

    private static Deltas deltas(BoolDecoder bits) {
        boolean absolute = bits.flag();
        int[] quantizers = new int[SEGMENTS];
        int[] filterLevels = new int[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            quantizers[i] = bits.optional(7);
        }
        for (int i = 0; i < SEGMENTS; i++) {
            filterLevels[i] = bits.optional(6);
        }
        return new Deltas(absolute, quantizers, filterLevels);
    }

    private static int[] segmentProbabilities(BoolDecoder bits) {
        int[] probabilities = new int[SEGMENTS - 1];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = bits.flag() ? bits.number(8) : 255;
        }
        return probabilities;
    }

    /**
     * What is added to the filter level: four numbers by reference frame, of which a key frame has the first, and four
     * by mode, of which the first is for macroblocks that are predicted by blocks and the others are for later frames.
     *
     * @return for all macroblocks, and for those that are predicted by blocks
     */
    private static int[] levelDeltas(BoolDecoder bits) {
        int[] deltas = new int[8];
        if (bits.flag() && bits.flag()) {
            for (int i = 0; i < deltas.length; i++) {
                deltas[i] = bits.optional(6);
            }
        }
        return new int[]{deltas[0], deltas[0] + deltas[4]};
    }

    /** The lengths of all but the last stand before them. */
    private static List<BoolDecoder> partitions(byte[] data, int from, int to, int count) throws EOFException {
        List<BoolDecoder> partitions = new ArrayList<>();
        int start = from + 3 * (count - 1);
        for (int i = 0; i < count - 1 && start <= to; i++) {
            int end = Math.min(to, start + littleEndian(data, from + 3 * i, 3));
            partitions.add(new BoolDecoder(data, start, end));
            start = end;
        }
        if (start >= to) {
            throw new EOFException();
        }
        partitions.add(new BoolDecoder(data, start, to));
        return partitions;
    }

    private static List<Segment> segments(BoolDecoder bits, Deltas deltas, int level) {
        int base = bits.number(7);
        int[] offsets = new int[5]; // of luma DC, the DC and AC of luma DCs, the DC and AC of chroma
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = bits.optional(4);
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < deltas.quantizers.length; i++) {
            int q = deltas.quantizer(i, base);
            segments.add(new Segment(new int[]{dc(q + offsets[0]), ac(q)},
                    new int[]{2 * dc(q + offsets[1]), Math.max(8, ac(q + offsets[2]) * 155 / 100)},
                    new int[]{Math.min(132, dc(q + offsets[3])), ac(q + offsets[4])}, deltas.filterLevel(i, level)));
        }
        return segments;
    }

    private static int dc(int index) {
        return Tables.DC_STEPS[Math.clamp(index, 0, 127)];
    }

    private static int ac(int index) {
        return Tables.AC_STEPS[Math.clamp(index, 0, 127)];
    }

    private static int[] coefficients(BoolDecoder bits) {
        int[] coefficients = Tables.COEFFICIENTS.clone();
        for (int i = 0; i < coefficients.length; i++) {
            if (bits.bit(Tables.COEFFICIENT_UPDATES[i]) == 1) {
                coefficients[i] = bits.number(8);
            }
        }
        return coefficients;
    }

    static int littleEndian(byte[] data, int from, int count) {
        int number = 0;
        for (int i = count - 1; i >= 0; i--) {
            number = number << 8 | data[from + i] & 0xff;
        }
        return number;
    }

    static void require(boolean condition, String fault) throws IOException {
        if (!condition) {
            throw new IOException(fault);
        }
    }
}
