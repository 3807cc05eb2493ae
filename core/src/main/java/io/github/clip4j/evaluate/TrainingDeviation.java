package io.github.clip4j.evaluate;

/**
 * How far one kind of results of training is from its reference.
 *
 * @param results such as {@code adamw parameters after step 2}
 * @param worst the tensor, or the step, with the largest error
 * @param relative whether the error is divided by the largest value of the tensor
 * @param error the largest one
 * @param bound the largest one that is allowed
 */
public record TrainingDeviation(String results, String worst, boolean relative, double error, double bound) {
    /** Whether the error is allowed. */
    public boolean within() {
        return error <= bound;
    }
}
