package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a matrix to its transpose in squares of as many rows as a vector has lanes. Row and lane of an element are the
 * high and the low half of the bits of its index in the square; interleaving the lanes of row i and of row i + L / 2 to
 * rows 2i and 2i + 1 rotates these bits by one, and when every bit of the row has become one of the lane, the square is
 * transposed.
 */
final class Transpose {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(F, 0);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(F, 1);

    private Transpose() {}

    /** {@code to[offset + c * ts + r] = from[at + r * fs + c]} for r below {@code rows} and c below {@code columns}. */
    static void copy(float[] from, int at, int fs, int rows, int columns, float[] to, int offset, int ts) {
        int wholeRows = rows / L * L;
        int wholeColumns = columns / L * L;
        float[] a = new float[wholeColumns * L];
        float[] b = new float[wholeColumns * L];
        for (int r = 0; r < wholeRows; r += L) {
            squares(from, at + r * fs, fs, wholeColumns, a, b, to, offset + r, ts);
        }
        for (int r = 0; r < rows; r++) {
            for (int c = r < wholeRows ? wholeColumns : 0; c < columns; c++) {
                to[offset + c * ts + r] = from[at + r * fs + c];
            }
        }
    }

    /**
     * The squares of some rows side by side, each step for all of them: while one is worked on, the next is on its way
     * from memory.
     */
    private static void squares(float[] from, int at, int fs, int columns, float[] a, float[] b, float[] to, int offset,
            int ts) {
        for (int c = 0; c < columns; c += L) {
            interleave(from, at + c, fs, a, c * L, L);
        }
        for (int rotated = 4; rotated < L; rotated *= 2) {
            for (int c = 0; c < columns; c += L) {
                interleave(a, c * L, L, b, c * L, L);
            }
            float[] swap = a;
            a = b;
            b = swap;
        }
        for (int c = 0; c < columns; c += L) {
            interleave(a, c * L, L, to, c * ts + offset, ts);
        }
    }

    private static void interleave(float[] from, int at, int fs, float[] to, int offset, int ts) {
        for (int i = 0; i < L / 2; i++) {
            FloatVector x = FloatVector.fromArray(F, from, at + i * fs);
            FloatVector y = FloatVector.fromArray(F, from, at + (i + L / 2) * fs);
            x.rearrange(LOW, y).intoArray(to, offset + 2 * i * ts);
            x.rearrange(HIGH, y).intoArray(to, offset + (2 * i + 1) * ts);
        }
    }
}
