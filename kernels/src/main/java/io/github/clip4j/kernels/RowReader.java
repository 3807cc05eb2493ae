package io.github.clip4j.kernels;

/** Gives the rows of a matrix one by one, so that a weight matrix is packed without a second copy of it in memory. */
@FunctionalInterface
public interface RowReader {
    /** Writes row {@code row} to {@code target[offset, offset + k)}; called from several threads at once. */
    void read(int row, float[] target, int offset);

    /** Writes {@code count} rows of k columns, one after the other; to be overridden where several at once are faster. */
    default void read(int row, int count, int k, float[] target, int offset) {
        for (int i = 0; i < count; i++) {
            read(row + i, target, offset + i * k);
        }
    }

    /** Reads from a row-major array of k columns. */
    static RowReader of(float[] matrix, int k) {
        return (row, target, offset) -> System.arraycopy(matrix, row * k, target, offset, k);
    }
}
