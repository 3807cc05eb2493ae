package io.github.clip4j.search;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;

/** All vectors of a segment, packed for the matrix product. */
final class VectorBlocks {
    /** 64 MiB of floats. */
    private static final int BLOCK = 1 << 24;

    private final Kernels kernels;
    private final List<PackedMatrix> blocks = new ArrayList<>();
    private final int rows; // of each block but the last
    private final int count;

    VectorBlocks(LeafReader leaf, Kernels kernels) throws IOException {
        FloatVectorValues vectors = leaf.getFloatVectorValues(Fields.VECTOR);
        int dimension = vectors.dimension();
        this.kernels = kernels;
        this.count = vectors.size();
        this.rows = Math.clamp(count, 1, BLOCK / dimension);
        float[] block = new float[rows * dimension];
        for (int first = 0; first < count; first += rows) {
            int n = Math.min(rows, count - first);
            for (int i = 0; i < n; i++) {
                System.arraycopy(vectors.vectorValue(first + i), 0, block, i * dimension, dimension);
            }
            blocks.add(kernels.pack(n, dimension,
                    (row, target, offset) -> System.arraycopy(block, row * dimension, target, offset, dimension)));
        }
    }

    /** The dot product of a query with the vector of each document of the segment. */
    float[] scores(float[] query) {
        float[] scores = new float[count];
        for (int b = 0; b < blocks.size(); b++) {
            int first = b * rows;
            float[] part = new float[Math.min(rows, count - first)];
            kernels.multiply(query, 1, blocks.get(b), null, Epilogue.NONE, part); // [1, rows]
            System.arraycopy(part, 0, scores, first, part.length);
        }
        return scores;
    }
}
