package io.github.clip4j.kernels;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the matrix product: a few rows of A by {@link #WIDTH} columns of W, whose partial sums stay in
 * registers for the whole sum.
 *
 * <p>Its size follows from the register file. An FMA has a latency of 4 cycles and two of them start per cycle, so 8
 * independent sums keep the units busy. With r rows and v vectors per row a step of the loop does r·v FMAs for r + v
 * loads, and has r·v sums and v vectors of W in registers, and up to r broadcasts of A: the order of loads is the
 * compiler's, and C2 may put all of them first. With one register too few it keeps sums in memory and is half as fast.
 * So of 32 registers 5·4 + 4 + 5 = 29, with 2.2 FMAs a load.
 *
 * <p>Of 16 that leaves 3·3 + 3 + 3, whose 9 FMAs a step have 17 other instructions beside them: more than processors take
 * in the time of the FMAs. A fence between the rows keeps loads from moving past it and is no instruction on x86, so that
 * one register does for all broadcasts: 6·2 + 2 + 1 = 15, with 1.5 FMAs a load and 18 other instructions for 12 of them.
 *
 * <p>General registers are scarce too. A's rows stand a constant distance apart, so that one index serves all of them:
 * with an index for each, C2 moved an array's address to a vector register and back in every step and was a fifth
 * slower, under one collector or the other.
 */
final class Tile {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final boolean LARGE = Lanes.REGISTERS >= 32;

    /** Rows of a tile, at most. */
    static final int ROWS = LARGE ? 5 : 6;
    private static final int LOW_ROWS = 5;
    /** Columns of a panel of W. */
    static final int WIDTH = LARGE ? 4 * L : 2 * L;
    /**
     * Length of the longest sum, and distance of A's rows. The rounding errors of a sum grow with its length; half of this
     * would take 3 % more time, twice as much 1 % less.
     */
    static final int DEPTH = 128;
    /**
     * Slices of a panel that rows go along before the next rows do. A tile of 5 x 4 vectors of 512 bits reads 256 bytes of W
     * for 20 FMAs, in 10 cycles where they are started two at a time, and each vector from two lines, for Java's arrays do not
     * begin with one. The second-level cache does not give as much: so one slice of a panel, 32 KiB, goes by all rows from
     * the first-level cache. A tile of 6 x 2 vectors of 256 bits reads 64 bytes in 6 cycles: so whole panels, 192 KiB of 64
     * columns, whose lines come one after the other, as fast as memory sends them; slices come in bursts, and on a Zen 4
     * one image takes 8 % longer with them.
     */
    static final int SLICES = LARGE ? 1 : 6;

    private Tile() {}

    /** {@code rows} rounded up to whole tiles: what S needs room for. */
    static int wholeRows(int rows) {
        return Math.ceilDiv(rows, ROWS) * ROWS;
    }

    /** {@code rows} and those that are computed for nothing: where there are tiles of five rows and of six, none from 20 on. */
    static int tileRows(int rows) {
        return Math.max(rows, Math.ceilDiv(rows, ROWS) * LOW_ROWS);
    }

    /** {@code columns} rounded up to whole panels. */
    static int wholeColumns(int columns) {
        return Math.ceilDiv(columns, WIDTH) * WIDTH;
    }

    /**
     * {@code S += A · W} for the columns of some panels: A [rows, k], W [k, width], S [rows, width]. Every sum is a chain of
     * FMAs for each {@link #DEPTH} elements, the same in whatever tile it is.
     *
     * <p>The rows of a tile go by all panels before the next rows do, so that A is read from outside the first-level cache
     * once.
     *
     * @param a {@code [k / DEPTH][row][k % DEPTH]} from {@code ao} on, {@code rows} of them, from {@link #tileRows}
     * @param w {@code [k][column]} from {@code wo} on
     * @param ws distance of W's panels
     * @param so index of S's first element
     * @param width columns, whole panels, and distance of S's rows
     */
    static void multiplyAdd(float[] a, int ao, int rows, float[] w, int wo, int ws, int k, float[] s, int so,
            int width) {
        int low = (wholeRows(rows) - rows) * LOW_ROWS; // as many tiles are a row lower
        for (int row = 0; row < rows; row += row < low ? LOW_ROWS : ROWS) {
            int panel = wo;
            for (int j = 0; j < width; j += WIDTH, panel += ws) {
                multiplyAdd(row < low, a, ao + row * DEPTH, rows * DEPTH, w, panel, k, s, so + row * width + j, width);
            }
        }
    }

    /**
     * The same for one tile.
     *
     * @param as distance of A's slices
     * @param ss distance of S's rows
     */
    private static void multiplyAdd(boolean low, float[] a, int ao, int as, float[] w, int wo, int k, float[] s, int so,
            int ss) {
        for (int p = 0; p < k; p += DEPTH, ao += as, wo += DEPTH * WIDTH) {
            int depth = Math.min(DEPTH, k - p);
            if (LARGE) {
                tile5x4(a, ao, w, wo, depth, s, so, ss);
            } else if (low) {
                tile5x2(a, ao, w, wo, depth, s, so, ss);
            } else {
                tile6x2(a, ao, w, wo, depth, s, so, ss);
            }
        }
    }

    // The tiles: s[r][c] += sum over p < k of a[r][p] * w[p][c], A's rows DEPTH apart.
    // A vector handed to a method that is not inlined is boxed, in the loop too: each tile is one method, and long.
    // @formatter:off

    /** 20 sums, for 32 registers. */
    private static void tile5x4(float[] a, int ao, float[] w, int wo, int k, float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F), c02 = FloatVector.zero(F), c03 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F), c12 = FloatVector.zero(F), c13 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F), c22 = FloatVector.zero(F), c23 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F), c31 = FloatVector.zero(F), c32 = FloatVector.zero(F), c33 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F), c41 = FloatVector.zero(F), c42 = FloatVector.zero(F), c43 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, ao++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector w2 = FloatVector.fromArray(F, w, wo + 2 * L);
            FloatVector w3 = FloatVector.fromArray(F, w, wo + 3 * L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01); c02 = x.fma(w2, c02); c03 = x.fma(w3, c03);
            x = FloatVector.broadcast(F, a[ao + DEPTH]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11); c12 = x.fma(w2, c12); c13 = x.fma(w3, c13);
            x = FloatVector.broadcast(F, a[ao + 2 * DEPTH]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21); c22 = x.fma(w2, c22); c23 = x.fma(w3, c23);
            x = FloatVector.broadcast(F, a[ao + 3 * DEPTH]); c30 = x.fma(w0, c30); c31 = x.fma(w1, c31); c32 = x.fma(w2, c32); c33 = x.fma(w3, c33);
            x = FloatVector.broadcast(F, a[ao + 4 * DEPTH]); c40 = x.fma(w0, c40); c41 = x.fma(w1, c41); c42 = x.fma(w2, c42); c43 = x.fma(w3, c43);
        }
        c00.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c01.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c02.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c03.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
        so += ss;
        c10.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c11.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c12.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c13.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
        so += ss;
        c20.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c21.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c22.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c23.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
        so += ss;
        c30.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c31.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c32.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c33.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
        so += ss;
        c40.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c41.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c42.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c43.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
    }

    /** 12 sums, for 16 registers. */
    private static void tile6x2(float[] a, int ao, float[] w, int wo, int k, float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F), c31 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F), c41 = FloatVector.zero(F);
        FloatVector c50 = FloatVector.zero(F), c51 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, ao++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + DEPTH]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 2 * DEPTH]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 3 * DEPTH]); c30 = x.fma(w0, c30); c31 = x.fma(w1, c31);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 4 * DEPTH]); c40 = x.fma(w0, c40); c41 = x.fma(w1, c41);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 5 * DEPTH]); c50 = x.fma(w0, c50); c51 = x.fma(w1, c51);
        }
        c00.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c01.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c10.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c11.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c20.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c21.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c30.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c31.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c40.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c41.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c50.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c51.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
    }

    /** 10 sums, for 16 registers: with it an image's 50 rows are whole tiles. By itself it takes 4 % longer than 6 x 2. */
    private static void tile5x2(float[] a, int ao, float[] w, int wo, int k, float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F), c31 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F), c41 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, ao++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + DEPTH]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 2 * DEPTH]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 3 * DEPTH]); c30 = x.fma(w0, c30); c31 = x.fma(w1, c31);
            VarHandle.acquireFence();
            x = FloatVector.broadcast(F, a[ao + 4 * DEPTH]); c40 = x.fma(w0, c40); c41 = x.fma(w1, c41);
        }
        c00.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c01.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c10.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c11.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c20.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c21.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c30.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c31.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        so += ss;
        c40.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c41.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
    }
    // @formatter:on
}
