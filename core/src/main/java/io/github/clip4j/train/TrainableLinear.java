package io.github.clip4j.train;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code y = x · Wᵀ + b}. W and b may be those of several layers with the same input, stacked, so that their outputs
 * stand side by side: the query, key and value of attention.
 */
final class TrainableLinear {
    private final Kernels kernels;
    private final List<Parameter> weights; // [outputs, inputs] of each part
    private final List<Parameter> biases; // [outputs] of each part; none where the layer has no bias
    private final int outputs; // of each part
    private final int inputs;
    private final PackedMatrix packed; // W of all parts
    private final List<PackedMatrix> transposed = new ArrayList<>(); // Wᵀ of each part, once it is needed
    private final float[] bias; // of all parts, or null

    TrainableLinear(Kernels kernels, List<Parameter> weights, List<Parameter> biases) {
        this.kernels = kernels;
        this.weights = weights;
        this.biases = biases;
        this.outputs = Math.toIntExact(weights.getFirst().shape().getFirst());
        this.inputs = weights.getFirst().value().length / outputs;
        this.packed = kernels.pack(weights.size() * outputs, inputs, rows());
        this.bias = biases.isEmpty() ? null : new float[biases.size() * outputs];
        stackBiases();
    }

    private RowReader rows() {
        return (row, target, offset) -> System.arraycopy(weights.get(row / outputs).value(), row % outputs * inputs,
                target, offset, inputs);
    }

    private void stackBiases() {
        for (int i = 0; i < biases.size(); i++) {
            System.arraycopy(biases.get(i).value(), 0, bias, i * outputs, outputs);
        }
    }

    /** Packs the weights again, if an optimiser changes them. */
    void refresh() {
        if (Stream.concat(weights.stream(), biases.stream()).anyMatch(Parameter::trained)) {
            kernels.repack(packed, rows());
            for (int i = 0; i < transposed.size(); i++) {
                kernels.repackTransposed(transposed.get(i), weights.get(i).value());
            }
            stackBiases();
        }
    }

    /** x [rows, inputs], y [rows, outputs of all parts]. */
    void forward(float[] x, int rows, Epilogue epilogue, float[] y) {
        kernels.multiply(x, rows, packed, bias, epilogue, y);
    }

    /**
     * Adds the gradients of the parameters to theirs.
     *
     * @param x [rows, inputs], the input of forward
     * @param dy [rows, outputs of all parts], the gradient of its output
     * @param dx [rows, inputs], overwritten with the gradient of its input; null if nobody asks for it
     */
    void backward(float[] x, int rows, float[] dy, float[] dx) {
        for (int i = 0; i < weights.size(); i++) {
            float[] dPart = weights.size() == 1 ? dy : part(dy, rows, i); // [rows, outputs]
            parameterGradients(x, rows, dPart, i);
            if (dx != null) {
                Epilogue sum = i == 0 ? Epilogue.NONE : new Epilogue.Add(dx);
                kernels.multiply(dPart, rows, transposed(i), null, sum, dx);
            }
        }
    }

    private void parameterGradients(float[] x, int rows, float[] dy, int part) {
        float[] dWeight = weights.get(part).gradient();
        float[] dBias = biases.isEmpty() ? null : biases.get(part).gradient();
        if (dWeight != null) {
            kernels.weightGradient(dy, x, rows, outputs, inputs, dWeight, dBias);
        } else if (dBias != null) {
            kernels.scatterAdd(dy, new int[rows], outputs, dBias);
        }
    }

    /** The columns of one part: [rows, outputs]. */
    private float[] part(float[] dy, int rows, int part) {
        float[] columns = new float[rows * outputs];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(dy, (row * weights.size() + part) * outputs, columns, row * outputs, outputs);
        }
        return columns;
    }

    private PackedMatrix transposed(int part) {
        if (transposed.isEmpty()) {
            weights.forEach(weight -> transposed.add(kernels.packTransposed(weight.value(), outputs, inputs)));
        }
        return transposed.get(part);
    }
}
