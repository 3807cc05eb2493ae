package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;

/** Arrays and counters of a training run to named tensors and back. */
final class StateTensors {
    private StateTensors() {}

    /** Fills an array from a tensor of the same number of elements. */
    static void read(Checkpoint state, String name, float[] target) {
        Tensor tensor = checked(state, name, target.length);
        tensor.read(0, target, 0, target.length);
    }

    static long count(Checkpoint state, String name) {
        long count = checked(state, name, 1).longs()[0];
        if (count < 0) {
            throw new CheckpointException(
                    state.source() + ": tensor " + name + " is " + count + ", expected 0 or more");
        }
        return count;
    }

    private static Tensor checked(Checkpoint state, String name, int size) {
        if (!state.contains(name)) {
            throw new CheckpointException(state.source() + ": there is no tensor " + name
                    + "; continue with the optimizer and the trained weights that the run was started with");
        }
        Tensor tensor = state.tensor(name);
        if (tensor.size() != size) {
            throw new CheckpointException(state.source() + ": tensor " + name + " has the shape " + tensor.shape()
                    + ", expected " + size + " elements; continue with the model that the run was started with");
        }
        return tensor;
    }
}
