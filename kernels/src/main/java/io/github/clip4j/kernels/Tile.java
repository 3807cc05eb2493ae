package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the matrix product: {@link #ROWS} rows of A by {@link #WIDTH} columns of W, whose partial sums
 * stay in registers for the whole sum.
 *
 * <p>Its size follows from the register file. An FMA has a latency of 4 cycles and two of them start per cycle, so 8
 * independent sums keep the units busy. With r rows and v vectors per row a step of the loop does r·v FMAs for r + v
 * loads, and has up to r·v sums, v vectors of W and r broadcasts of A in registers: the order of loads is the
 * compiler's, and C2 may put all of them first. With one register too few it keeps sums in memory and is half as fast.
 * So of 32 registers 5·4 + 4 + 5 = 29, with 2.2 FMAs a load; of 16 registers 3·3 + 3 + 3 = 15, with 1.5.
 *
 * <p>General registers are scarce too. A's rows stand a constant distance apart, so that one index serves all of them:
 * with an index for each, C2 moved an array's address to a vector register and back in every step and was a fifth
 * slower, under one collector or the other.
 */
final class Tile {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final boolean LARGE = Lanes.REGISTERS >= 32;

    static final int ROWS = LARGE ? 5 : 3;
    /** Columns of a panel of W. */
    static final int WIDTH = LARGE ? 4 * L : 3 * L;
    /**
     * Length of the longest sum, and distance of A's rows. The rounding errors of a sum grow with its length; half of this
     * would take 3 % more time, twice as much 1 % less.
     */
    static final int DEPTH = 128;

    private Tile() {}

    /** {@code rows} rounded up to whole tiles. */
    static int wholeRows(int rows) {
        return Math.ceilDiv(rows, ROWS) * ROWS;
    }

    /** {@code columns} rounded up to whole panels. */
    static int wholeColumns(int columns) {
        return Math.ceilDiv(columns, WIDTH) * WIDTH;
    }

    /**
     * {@code s[r][c] += sum over p < k of a[r][p] * w[p][c]} for r below {@link #ROWS} and c below {@link #WIDTH}.
     *
     * @param ao index of the first element of A's first row; the rows are {@link #DEPTH} apart
     * @param wo index in the panel of {@code w[0][0]}
     * @param k at most {@link #DEPTH}
     * @param so index of {@code s[0][0]}
     * @param ss distance of the rows of s
     */
    static void multiplyAdd(float[] a, int ao, float[] w, int wo, int k, float[] s, int so, int ss) {
        if (LARGE) {
            tile5x4(a, ao, w, wo, k, s, so, ss);
        } else {
            tile3x3(a, ao, w, wo, k, s, so, ss);
        }
    }

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

    /** 9 sums, for 16 registers. */
    private static void tile3x3(float[] a, int ao, float[] w, int wo, int k, float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F), c02 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F), c12 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F), c22 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, ao++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector w2 = FloatVector.fromArray(F, w, wo + 2 * L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01); c02 = x.fma(w2, c02);
            x = FloatVector.broadcast(F, a[ao + DEPTH]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11); c12 = x.fma(w2, c12);
            x = FloatVector.broadcast(F, a[ao + 2 * DEPTH]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21); c22 = x.fma(w2, c22);
        }
        c00.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c01.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c02.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        so += ss;
        c10.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c11.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c12.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        so += ss;
        c20.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c21.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c22.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
    }
    // @formatter:on
}
