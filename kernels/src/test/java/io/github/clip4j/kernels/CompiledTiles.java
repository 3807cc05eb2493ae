package io.github.clip4j.kernels;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What {@link TileMachineCodeTest} has compiled in a JVM of its own. */
final class CompiledTiles {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int CALLS = 20_000;

    private CompiledTiles() {}

    public static void main(String[] args) {
        int rows = Tile.tileRows(2 * Tile.ROWS - 1); // a tile of every height
        float[] a = new float[rows * Tile.DEPTH];
        float[] w = new float[Tile.WIDTH * Tile.DEPTH];
        float[] sums = new float[rows * Tile.WIDTH];
        Arrays.fill(a, 1);
        Arrays.fill(w, 1);
        for (int i = 0; i < CALLS; i++) {
            Tile.multiplyAdd(a, 0, rows, w, 0, 0, 16, sums, 0, Tile.WIDTH);
            tooManySums(a, 16, sums);
        }
    }

    /** More sums than any machine has registers. */
    // @formatter:off
    private static void tooManySums(float[] a, int k, float[] sum) {
        FloatVector s0 = FloatVector.zero(F), s1 = FloatVector.zero(F), s2 = FloatVector.zero(F), s3 = FloatVector.zero(F), s4 = FloatVector.zero(F), s5 = FloatVector.zero(F);
        FloatVector s6 = FloatVector.zero(F), s7 = FloatVector.zero(F), s8 = FloatVector.zero(F), s9 = FloatVector.zero(F), s10 = FloatVector.zero(F), s11 = FloatVector.zero(F);
        FloatVector s12 = FloatVector.zero(F), s13 = FloatVector.zero(F), s14 = FloatVector.zero(F), s15 = FloatVector.zero(F), s16 = FloatVector.zero(F), s17 = FloatVector.zero(F);
        FloatVector s18 = FloatVector.zero(F), s19 = FloatVector.zero(F), s20 = FloatVector.zero(F), s21 = FloatVector.zero(F), s22 = FloatVector.zero(F), s23 = FloatVector.zero(F);
        FloatVector s24 = FloatVector.zero(F), s25 = FloatVector.zero(F), s26 = FloatVector.zero(F), s27 = FloatVector.zero(F), s28 = FloatVector.zero(F), s29 = FloatVector.zero(F);
        FloatVector s30 = FloatVector.zero(F), s31 = FloatVector.zero(F), s32 = FloatVector.zero(F), s33 = FloatVector.zero(F), s34 = FloatVector.zero(F), s35 = FloatVector.zero(F);
        for (int p = 0; p < k; p++) {
            FloatVector x = FloatVector.broadcast(F, a[p]);
            s0 = x.fma(x, s0); s1 = x.fma(x, s1); s2 = x.fma(x, s2); s3 = x.fma(x, s3); s4 = x.fma(x, s4); s5 = x.fma(x, s5);
            s6 = x.fma(x, s6); s7 = x.fma(x, s7); s8 = x.fma(x, s8); s9 = x.fma(x, s9); s10 = x.fma(x, s10); s11 = x.fma(x, s11);
            s12 = x.fma(x, s12); s13 = x.fma(x, s13); s14 = x.fma(x, s14); s15 = x.fma(x, s15); s16 = x.fma(x, s16); s17 = x.fma(x, s17);
            s18 = x.fma(x, s18); s19 = x.fma(x, s19); s20 = x.fma(x, s20); s21 = x.fma(x, s21); s22 = x.fma(x, s22); s23 = x.fma(x, s23);
            s24 = x.fma(x, s24); s25 = x.fma(x, s25); s26 = x.fma(x, s26); s27 = x.fma(x, s27); s28 = x.fma(x, s28); s29 = x.fma(x, s29);
            s30 = x.fma(x, s30); s31 = x.fma(x, s31); s32 = x.fma(x, s32); s33 = x.fma(x, s33); s34 = x.fma(x, s34); s35 = x.fma(x, s35);
        }
        s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).add(s12).add(s13).add(s14).add(s15).add(s16).add(s17).add(s18).add(s19).add(s20).add(s21).add(s22).add(s23).add(s24).add(s25).add(s26).add(s27).add(s28).add(s29).add(s30).add(s31).add(s32).add(s33).add(s34).add(s35).intoArray(sum, 0);
    }
    // @formatter:on
}
