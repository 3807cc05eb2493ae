package io.github.clip4j.model;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.raw.TensorView;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.List;
import java.util.Map;

/** Layers from a checkpoint's tensors; each name is looked up here and never again. */
final class Weights {
    private final Checkpoint checkpoint;
    private final Kernels kernels;
    /** Whether matrices are read when they are first multiplied with. */
    private final boolean lazy;
    private final String prefix;

    Weights(Checkpoint checkpoint, Kernels kernels, boolean lazy) {
        this(checkpoint, kernels, lazy, "");
    }

    private Weights(Checkpoint checkpoint, Kernels kernels, boolean lazy, String prefix) {
        this.checkpoint = checkpoint;
        this.kernels = kernels;
        this.lazy = lazy;
        this.prefix = prefix;
    }

    /** The part of the model under a longer prefix. */
    Weights at(String part) {
        return new Weights(checkpoint, kernels, lazy, prefix + part);
    }

    /**
     * Checks that the tensors are those of the architecture.
     *
     * @throws CheckpointException naming the first missing, misshapen or unexpected tensor
     */
    static void check(Checkpoint checkpoint, ClipConfig config) {
        Map<String, List<Long>> expected = Parameters.shapes(config);
        expected.forEach((name, shape) -> Parameters.tensor(checkpoint, name, shape));
        for (Tensor tensor : checkpoint.tensors()) {
            // old checkpoints carry 0, 1, 2, ... as a buffer
            if (!expected.containsKey(tensor.name()) && !tensor.name().endsWith(".embeddings.position_ids")) {
                throw new CheckpointException(checkpoint.source() + ": tensor " + tensor.name() + " of the shape "
                        + tensor.shape() + " is not part of the model that the config describes");
            }
        }
    }

    private Tensor tensor(String name) {
        return checkpoint.tensor(prefix + name);
    }

    float[] floats(String name, int size) {
        float[] values = new float[size];
        tensor(name).read(0, values, 0, size);
        checkFinite(tensor(name), values, 0, size);
        return values;
    }

    LayerNorm layerNorm(String name, int size, float epsilon) {
        return new LayerNorm(floats(name + ".weight", size), floats(name + ".bias", size), epsilon);
    }

    /** A product without bias. */
    Linear matrix(String name, int outputs, int inputs) {
        return new Linear(pack(List.of(name), outputs, inputs), null);
    }

    Linear linear(String name, int outputs, int inputs) {
        return stacked(List.of(name), outputs, inputs);
    }

    /** Several layers of the same input as one, their outputs side by side. */
    Linear stacked(List<String> names, int outputs, int inputs) {
        float[] bias = new float[names.size() * outputs];
        for (int i = 0; i < names.size(); i++) {
            System.arraycopy(floats(names.get(i) + ".bias", outputs), 0, bias, i * outputs, outputs);
        }
        return new Linear(pack(names.stream().map(name -> name + ".weight").toList(), outputs, inputs), bias);
    }

    private PackedMatrix pack(List<String> names, int outputs, int inputs) {
        List<Rows> parts = names.stream().map(name -> new Rows(tensor(name), inputs)).toList();
        StackedRows rows = new StackedRows(parts, outputs);
        return lazy
                ? kernels.packLater(names.size() * outputs, inputs, rows)
                : kernels.pack(names.size() * outputs, inputs, rows);
    }

    /** The rows of a matrix, read from the checkpoint when they are asked for. */
    RowReader rows(String name, int columns) {
        return new Rows(tensor(name), columns);
    }

    private final class Rows implements RowReader {
        private final Tensor tensor;
        private final int columns;

        Rows(Tensor tensor, int columns) {
            this.tensor = tensor;
            this.columns = columns;
        }

        @Override
        public void read(int row, float[] target, int offset) {
            tensor.read((long) row * columns, target, offset, columns);
            checkFinite(tensor, target, offset, columns);
        }

        @Override
        public boolean hasColumns() {
            return tensor instanceof TensorView view && view.hasColumns();
        }

        private void readColumn(int column, int first, float[] target, int offset, int count) {
            ((TensorView) tensor).readColumn(column, first, target, offset, count);
            checkFinite(tensor, target, offset, count);
        }
    }

    /** Matrices of n rows each, one below the other. */
    private record StackedRows(List<Rows> parts, int n) implements RowReader {
        /** A second copy of the model would stay in memory. */
        @Override
        public void done() {
            parts.forEach(part -> part.tensor.unload());
        }

        @Override
        public void read(int row, float[] target, int offset) {
            parts.get(row / n).read(row % n, target, offset);
        }

        @Override
        public boolean hasColumns() {
            return parts.stream().allMatch(Rows::hasColumns);
        }

        @Override
        public void readColumn(int column, int first, float[] target) {
            for (int done = 0, count; done < target.length; done += count) {
                int row = (first + done) % n;
                count = Math.min(n - row, target.length - done);
                parts.get((first + done) / n).readColumn(column, row, target, done, count);
            }
        }
    }

    private void checkFinite(Tensor tensor, float[] target, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            if (!Float.isFinite(target[i])) {
                throw new CheckpointException(checkpoint.source() + ": tensor " + tensor.name() + " holds the value "
                        + target[i] + "; the file is damaged, or training had diverged when it was saved");
            }
        }
    }
}
