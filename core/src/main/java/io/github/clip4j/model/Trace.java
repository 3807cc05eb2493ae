package io.github.clip4j.model;

/** Sees the values between the steps of a tower, for comparison with a reference. */
@FunctionalInterface
public interface Trace {
    /** Sees nothing. */
    Trace NONE = (_, _, _) -> {};

    /**
     * Called after each stage, named as in the reference: {@code vision.hidden_states.3}.
     *
     * @param values [rows, width], rows of all items one after the other; valid only during the call
     */
    void stage(String name, float[] values, int width);
}
