package io.github.clip4j.spark;

import io.github.clip4j.Clip;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The named vectors of a partition, side by side.
 *
 * @param number of the partition
 * @param vectors [names, dimension]
 */
record VectorBlock(int number, String[] names, float[] vectors, int dimension) implements Serializable {
    /** Rows that are multiplied with another block at once. */
    private static final int ROWS = 256;
    /** Far more than what a sum of float32 is off, far less than anybody's threshold is meant to be exact. */
    private static final float MARGIN = 1e-5f;

    /** @param rows name and vector, which may be null and is then left out */
    static VectorBlock of(int number, Iterator<Row> rows) {
        List<String> names = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        while (rows.hasNext()) {
            Row row = rows.next();
            if (!row.isNullAt(1)) {
                names.add(row.getString(0));
                vectors.add(Rows.vector(row, 1));
            }
        }
        int dimension = vectors.isEmpty() ? 0 : vectors.getFirst().length;
        float[] all = new float[Math.multiplyExact(vectors.size(), dimension)];
        for (int i = 0; i < vectors.size(); i++) {
            if (vectors.get(i).length != dimension) {
                throw new IllegalArgumentException(
                        "%s: a vector of %d elements among those of %d".formatted(names.get(i),
                                vectors.get(i).length, dimension));
            }
            System.arraycopy(vectors.get(i), 0, all, i * dimension, dimension);
        }
        return new VectorBlock(number, names.toArray(String[]::new), all, dimension);
    }

    /** Pairs of one here and one there, each once, whose cosine is the least or more: two names in order, and the cosine. */
    List<Row> similar(VectorBlock other, float least) {
        List<Row> pairs = new ArrayList<>();
        if (names.length == 0 || other.names.length == 0) {
            return pairs;
        }
        if (dimension != other.dimension) {
            throw new IllegalArgumentException("vectors of " + dimension + " and of " + other.dimension + " elements");
        }
        try (Kernels kernels = Kernels.create(1)) {
            PackedMatrix columns = kernels.pack(other.names.length, dimension, RowReader.of(other.vectors, dimension));
            for (int first = 0; first < names.length; first += ROWS) {
                int n = Math.min(ROWS, names.length - first);
                float[] rows = Arrays.copyOfRange(vectors, first * dimension, (first + n) * dimension);
                float[] products = new float[n * other.names.length];
                kernels.multiply(rows, n, columns, null, Epilogue.NONE, products); // [n, other]
                for (int i = 0; i < products.length; i++) {
                    if (products[i] >= least - MARGIN) {
                        add(first + i / other.names.length, other, i % other.names.length, least, pairs);
                    }
                }
            }
        }
        return pairs;
    }

    private void add(int row, VectorBlock other, int otherRow, float least, List<Row> pairs) {
        if (number == other.number && row >= otherRow) {
            return; // itself, or found the other way round
        }
        float similarity = Clip.similarity(vector(row), other.vector(otherRow));
        if (similarity >= least) {
            String a = names[row];
            String b = other.names[otherRow];
            pairs.add(a.compareTo(b) <= 0 ? RowFactory.create(a, b, similarity) : RowFactory.create(b, a, similarity));
        }
    }

    private float[] vector(int row) {
        return Arrays.copyOfRange(vectors, row * dimension, (row + 1) * dimension);
    }
}
