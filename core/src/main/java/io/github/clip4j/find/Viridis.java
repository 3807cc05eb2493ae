package io.github.clip4j.find;

/**
 * The colour map viridis: equal steps of a value look equally large, in colour, in gray and to the colour-blind. Source:
 * Nathaniel J. Smith and Stéfan van der Walt for matplotlib 2.0 (CC0), nine of its colours, evenly spaced; between
 * them it is interpolated.
 */
final class Viridis {
    private static final int[] COLORS = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30,
            0xfde725};

    private Viridis() {}

    /** Red, green or blue (channel 0, 1 or 2) of a value, 0 to 1; from 0 to 255. */
    static double channel(double value, int channel) {
        double place = Math.clamp(value, 0, 1) * (COLORS.length - 1);
        int lower = (int) Math.min(place, COLORS.length - 2);
        int shift = 16 - 8 * channel;
        int from = COLORS[lower] >> shift & 0xff;
        int to = COLORS[lower + 1] >> shift & 0xff;
        return from + (place - lower) * (to - from);
    }
}
