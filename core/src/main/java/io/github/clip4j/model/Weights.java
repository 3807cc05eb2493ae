package io.github.clip4j.model;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.List;
import java.util.Map;

/** Layers from a checkpoint's tensors; each name is looked up here and never again. */
final class Weights {
    private final Checkpoint checkpoint;
    private final Kernels kernels;
    private final String prefix;

    Weights(Checkpoint checkpoint, Kernels kernels) {
        this(checkpoint, kernels, "");
    }

    private Weights(Checkpoint checkpoint, Kernels kernels, String prefix) {
        this.checkpoint = checkpoint;
        this.kernels = kernels;
        this.prefix = prefix;
    }

    /** The part of the model under a longer prefix. */
    Weights at(String part) {
        return new Weights(checkpoint, kernels, prefix + part);
    }

    /**
     * Checks that the tensors are those of the architecture.
     *
     * @throws CheckpointException naming the first missing, misshapen or unexpected tensor
     */
    static void check(Checkpoint checkpoint, ClipConfig config) {
        Map<String, List<Long>> expected = Parameters.shapes(config);
        expected.forEach((name, shape) -> {
            Tensor tensor = checkpoint.tensor(name);
            if (!tensor.shape().equals(shape)) {
                throw new CheckpointException(
                        checkpoint.source() + ": tensor " + name + " has the shape " + tensor.shape()
                                + ", the config asks for " + shape);
            }
        });
        for (Tensor tensor : checkpoint.tensors()) {
            // old checkpoints carry 0, 1, 2, ... as a buffer
            if (!expected.containsKey(tensor.name()) && !tensor.name().endsWith(".embeddings.position_ids")) {
                throw new CheckpointException(checkpoint.source() + ": tensor " + tensor.name() + " of the shape "
                        + tensor.shape() + " is not part of the model that the config describes");
            }
        }
    }

    Tensor tensor(String name) {
        return checkpoint.tensor(prefix + name);
    }

    float[] floats(String name, int size) {
        Tensor tensor = tensor(name);
        float[] values = new float[size];
        tensor.read(0, values, 0, size);
        requireFinite(tensor, values, 0, size);
        return values;
    }

    LayerNorm layerNorm(String name, int size, float epsilon) {
        return new LayerNorm(floats(name + ".weight", size), floats(name + ".bias", size), epsilon);
    }

    /** A product without bias. */
    Linear matrix(String name, int outputs, int inputs) {
        return new Linear(kernels.pack(outputs, inputs, rows(tensor(name), inputs)), null);
    }

    Linear linear(String name, int outputs, int inputs) {
        return stacked(List.of(name), outputs, inputs);
    }

    /** Several layers of the same input as one, their outputs side by side. */
    Linear stacked(List<String> names, int outputs, int inputs) {
        List<RowReader> parts = names.stream().map(name -> rows(tensor(name + ".weight"), inputs)).toList();
        PackedMatrix weight = kernels.pack(names.size() * outputs, inputs,
                (row, target, offset) -> parts.get(row / outputs).read(row % outputs, target, offset));
        float[] bias = new float[names.size() * outputs];
        for (int i = 0; i < names.size(); i++) {
            System.arraycopy(floats(names.get(i) + ".bias", outputs), 0, bias, i * outputs, outputs);
        }
        return new Linear(weight, bias);
    }

    private static RowReader rows(Tensor tensor, int columns) {
        return (row, target, offset) -> {
            tensor.read((long) row * columns, target, offset, columns);
            requireFinite(tensor, target, offset, columns);
        };
    }

    static void requireFinite(Tensor tensor, float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException("tensor " + tensor.name() + " holds the value " + values[i]
                        + "; the checkpoint is damaged or was saved after training diverged");
            }
        }
    }
}
