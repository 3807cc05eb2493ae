package io.github.clip4j.kernels;

/** What happens to an element of a matrix product before it is stored, in the same pass over memory. */
public sealed interface Epilogue {
    /** Store as it is. */
    Epilogue NONE = new None();

    /** {@code c = product}. */
    record None() implements Epilogue {}

    /** {@code c = activation(product)}. */
    record Activate(Activation activation) implements Epilogue {}

    /** {@code c = residual + product}; the residual [m, n] may be the output array itself. */
    record Add(float[] residual) implements Epilogue {}
}
