package io.github.clip4j.image.webp;

/**
 * Smooths the edges of macroblocks and of their blocks (RFC 6386, section 15).
 *
 * @param simple whether only luma is filtered, by the shorter filter
 * @param sharpness 0 to 7
 * @param levelDeltas added to the level of macroblocks that are predicted as a whole, and of those by blocks
 */
record LoopFilter(boolean simple, int sharpness, int[] levelDeltas) {
    private static final int MACROBLOCK = 16;
    private static final int BLOCK = 4;
    private static final int MAX_LEVEL = 63;

    /** An edge: {@code along} from one of its values to the next, {@code across} from one side to the other. */
    private record Edge(Plane plane, int along, int across) {
        int get(int position, int distance) {
            return plane.get(position + distance * across);
        }
    }

    /**
     * What is an edge: neighbours differ by the limits at the most; above the threshold there is a lot of variance.
     */
    private record Limits(int edge, int inner, int variance) {}

    /** The level of a macroblock, with what its segment says. */
    int level(int ofSegment, boolean byBlocks) {
        return Math.clamp(ofSegment + levelDeltas[byBlocks ? 1 : 0], 0, MAX_LEVEL);
    }

    /**
     * Filters a macroblock whose neighbours above and to the left are filtered.
     *
     * @param inner whether the edges of its blocks are filtered too
     */
    void apply(Plane luma, Plane[] chroma, int column, int row, int level, boolean inner) {
        if (level == 0) {
            return;
        }
        int innerLimit = sharpness == 0
                ? level
                : Math.min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        innerLimit = Math.max(1, innerLimit);
        int variance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
        int limit = 2 * (2 * level + innerLimit) + 1;
        Limits outer = new Limits(limit + 8, innerLimit, variance);
        Limits within = new Limits(limit, innerLimit, variance);
        Plane[] others = simple ? new Plane[0] : chroma;
        for (boolean vertical : new boolean[]{true, false}) { // edges that stand, then those that lie
            if ((vertical ? column : row) > 0) {
                edge(luma, MACROBLOCK, column, row, 0, vertical, outer, true);
                for (Plane plane : others) {
                    edge(plane, MACROBLOCK / 2, column, row, 0, vertical, outer, true);
                }
            }
            for (int offset = BLOCK; inner && offset < MACROBLOCK; offset += BLOCK) {
                edge(luma, MACROBLOCK, column, row, offset, vertical, within, false);
            }
            for (int i = 0; inner && i < others.length; i++) {
                edge(others[i], MACROBLOCK / 2, column, row, BLOCK, vertical, within, false);
            }
        }
    }

    private void edge(Plane plane, int side, int column, int row, int offset, boolean vertical, Limits limits,
            boolean outer) {
        int at = plane.at(column * side + (vertical ? offset : 0), row * side + (vertical ? 0 : offset));
        Edge edge = vertical ? new Edge(plane, plane.stride, 1) : new Edge(plane, 1, plane.stride);
        for (int i = 0; i < side; i++) {
            filter(edge, at + i * edge.along, limits, outer);
        }
    }

    private void filter(Edge edge, int at, Limits limits, boolean outer) {
        int p1 = edge.get(at, -2);
        int p0 = edge.get(at, -1);
        int q0 = edge.get(at, 0);
        int q1 = edge.get(at, 1);
        if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > limits.edge || !simple && !isFlat(edge, at, limits.inner)) {
            return;
        }
        if (simple || Math.abs(p1 - p0) > limits.variance || Math.abs(q1 - q0) > limits.variance) {
            two(edge, at, 3 * (q0 - p0) + signed(p1 - q1));
        } else if (outer) {
            six(edge, at, signed(3 * (q0 - p0) + signed(p1 - q1)));
        } else {
            four(edge, at, 3 * (q0 - p0));
        }
    }

    private static boolean isFlat(Edge edge, int at, int limit) {
        for (int i = -4; i < 3; i++) {
            if (i != -1 && Math.abs(edge.get(at, i) - edge.get(at, i + 1)) > limit) {
                return false;
            }
        }
        return true;
    }

    private static void two(Edge edge, int at, int a) {
        add(edge, at, -1, small(a + 3 >> 3));
        add(edge, at, 0, -small(a + 4 >> 3));
    }

    private static void four(Edge edge, int at, int a) {
        int a1 = small(a + 4 >> 3);
        int a3 = a1 + 1 >> 1;
        add(edge, at, -2, a3);
        add(edge, at, -1, small(a + 3 >> 3));
        add(edge, at, 0, -a1);
        add(edge, at, 1, -a3);
    }

    private static void six(Edge edge, int at, int a) {
        for (int i = 0; i < 3; i++) {
            int difference = (27 - 9 * i) * a + 63 >> 7;
            add(edge, at, -1 - i, difference);
            add(edge, at, i, -difference);
        }
    }

    private static void add(Edge edge, int at, int distance, int difference) {
        edge.plane.add(at + distance * edge.across, difference);
    }

    /** Within a signed byte. */
    private static int signed(int value) {
        return Math.clamp(value, -128, 127);
    }

    /** Within five bits. */
    private static int small(int value) {
        return Math.clamp(value, -16, 15);
    }
}
