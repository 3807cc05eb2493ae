package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the matrix product: 6 rows of A by {@link #WIDTH} columns of W, whose partial sums stay in
 * registers for the whole sum.
 *
 * <p>Its size follows from the register file. An FMA has a latency of 4 cycles and two of them start per cycle, so 8
 * independent sums keep the units busy. With r rows and v vectors per row a step of the loop needs r·v sums, v vectors
 * of W and one broadcast of A in registers, and does r·v FMAs for r + v loads. AVX-512 has 32 registers: 6·4 + 4 + 1 =
 * 29, with 2.4 FMAs a load. SSE and AVX have 16: 6·2 + 2 + 1 = 15, with 1.5 (NEON has 32, and enough with these).
 *
 * <p>A is read in place, row by row: its loads are broadcasts of single elements, and packing it first was not faster.
 * W comes in panels, {@link PackedMatrix}.
 */
final class Tile {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    static final int ROWS = 6;
    /** Columns of a panel of W. */
    static final int WIDTH = L == 16 ? 4 * L : 2 * L;

    private Tile() {}

    /**
     * {@code s[r][c] += sum over p < k of a[r][p] * w[p][c]} for r below {@link #ROWS} and c below {@link #WIDTH}. Rows
     * from {@code rows} on do not exist in A: the last one is computed again in their place, so that every row goes
     * through the same instructions wherever it stands, and s needs room for all.
     *
     * @param ao index of the first element of A's first row
     * @param as distance of A's rows
     * @param wo index in the panel of {@code w[0][0]}
     * @param so index of {@code s[0][0]}
     * @param ss distance of the rows of s
     */
    static void multiplyAdd(float[] a, int ao, int as, int rows, float[] w, int wo, int k, float[] s, int so, int ss) {
        int last = rows - 1;
        int a1 = ao + Math.min(1, last) * as;
        int a2 = ao + Math.min(2, last) * as;
        int a3 = ao + Math.min(3, last) * as;
        int a4 = ao + Math.min(4, last) * as;
        int a5 = ao + Math.min(5, last) * as;
        if (WIDTH == 4 * L) {
            wide(a, ao, a1, a2, a3, a4, a5, w, wo, k, s, so, ss);
        } else {
            narrow(a, ao, a1, a2, a3, a4, a5, w, wo, k, s, so, ss);
        }
    }

    // A vector handed to a method that is not inlined is boxed, in the loop too: each tile is one method, and long.
    // @formatter:off

    /** 24 sums, for 32 registers. */
    private static void wide(float[] a, int a0, int a1, int a2, int a3, int a4, int a5, float[] w, int wo, int k,
            float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F), c02 = FloatVector.zero(F), c03 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F), c12 = FloatVector.zero(F), c13 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F), c22 = FloatVector.zero(F), c23 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F), c31 = FloatVector.zero(F), c32 = FloatVector.zero(F), c33 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F), c41 = FloatVector.zero(F), c42 = FloatVector.zero(F), c43 = FloatVector.zero(F);
        FloatVector c50 = FloatVector.zero(F), c51 = FloatVector.zero(F), c52 = FloatVector.zero(F), c53 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector w2 = FloatVector.fromArray(F, w, wo + 2 * L);
            FloatVector w3 = FloatVector.fromArray(F, w, wo + 3 * L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[a0 + p]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01); c02 = x.fma(w2, c02); c03 = x.fma(w3, c03);
            x = FloatVector.broadcast(F, a[a1 + p]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11); c12 = x.fma(w2, c12); c13 = x.fma(w3, c13);
            x = FloatVector.broadcast(F, a[a2 + p]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21); c22 = x.fma(w2, c22); c23 = x.fma(w3, c23);
            x = FloatVector.broadcast(F, a[a3 + p]); c30 = x.fma(w0, c30); c31 = x.fma(w1, c31); c32 = x.fma(w2, c32); c33 = x.fma(w3, c33);
            x = FloatVector.broadcast(F, a[a4 + p]); c40 = x.fma(w0, c40); c41 = x.fma(w1, c41); c42 = x.fma(w2, c42); c43 = x.fma(w3, c43);
            x = FloatVector.broadcast(F, a[a5 + p]); c50 = x.fma(w0, c50); c51 = x.fma(w1, c51); c52 = x.fma(w2, c52); c53 = x.fma(w3, c53);
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
        so += ss;
        c50.add(FloatVector.fromArray(F, s, so)).intoArray(s, so);
        c51.add(FloatVector.fromArray(F, s, so + L)).intoArray(s, so + L);
        c52.add(FloatVector.fromArray(F, s, so + 2 * L)).intoArray(s, so + 2 * L);
        c53.add(FloatVector.fromArray(F, s, so + 3 * L)).intoArray(s, so + 3 * L);
    }

    /** 12 sums, for 16 registers. */
    private static void narrow(float[] a, int a0, int a1, int a2, int a3, int a4, int a5, float[] w, int wo, int k,
            float[] s, int so, int ss) {
        FloatVector c00 = FloatVector.zero(F), c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F), c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F), c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F), c31 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F), c41 = FloatVector.zero(F);
        FloatVector c50 = FloatVector.zero(F), c51 = FloatVector.zero(F);
        for (int p = 0; p < k; p++, wo += WIDTH) {
            FloatVector w0 = FloatVector.fromArray(F, w, wo);
            FloatVector w1 = FloatVector.fromArray(F, w, wo + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[a0 + p]); c00 = x.fma(w0, c00); c01 = x.fma(w1, c01);
            x = FloatVector.broadcast(F, a[a1 + p]); c10 = x.fma(w0, c10); c11 = x.fma(w1, c11);
            x = FloatVector.broadcast(F, a[a2 + p]); c20 = x.fma(w0, c20); c21 = x.fma(w1, c21);
            x = FloatVector.broadcast(F, a[a3 + p]); c30 = x.fma(w0, c30); c31 = x.fma(w1, c31);
            x = FloatVector.broadcast(F, a[a4 + p]); c40 = x.fma(w0, c40); c41 = x.fma(w1, c41);
            x = FloatVector.broadcast(F, a[a5 + p]); c50 = x.fma(w0, c50); c51 = x.fma(w1, c51);
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
    // @formatter:on
}
