package io.github.clip4j.kernels;

/** Copies matrices to their transpose. */
final class Transpose {
    private static final int ROWS = 16;

    private Transpose() {}

    /**
     * {@code to[c * ts + r] = from[at + r * fs + c]} for r below {@code rows} and c below {@code columns}: so many rows
     * at a time that whole cache lines are written.
     */
    static void copy(float[] from, int at, int fs, int rows, int columns, float[] to, int ts) {
        for (int r = 0; r < rows; r += ROWS) {
            int count = Math.min(ROWS, rows - r);
            for (int c = 0; c < columns; c++) {
                for (int i = 0; i < count; i++) {
                    to[c * ts + r + i] = from[at + (r + i) * fs + c];
                }
            }
        }
    }
}
