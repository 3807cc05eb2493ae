package io.github.clip4j.kernels;

/** Gives the rows of a matrix one by one, so that a weight matrix is packed without a second copy of it in memory. */
@FunctionalInterface
public interface RowReader {
    /** Writes row {@code row} to {@code target[offset, offset + k)}; called from several threads at once. */
    void read(int row, float[] target, int offset);

    /** Whether columns lie side by side and are read instead, as of a matrix that a file has transposed. */
    default boolean hasColumns() {
        return false;
    }

    /** Fills {@code target} with elements of a column, from number {@code first} on, where {@link #hasColumns()}. */
    default void readColumn(int column, int first, float[] target) {
        throw new UnsupportedOperationException("only rows are read");
    }

    /** Told when all have been read: what was kept for that may be let go, but they may be read again. */
    default void done() {}

    /** Reads from a row-major array of k columns. */
    static RowReader of(float[] matrix, int k) {
        return (row, target, offset) -> System.arraycopy(matrix, row * k, target, offset, k);
    }
}
