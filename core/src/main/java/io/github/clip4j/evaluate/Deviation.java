package io.github.clip4j.evaluate;

/**
 * How far one stage is from its reference.
 *
 * @param exact whether the reference was computed in float64
 * @param absolute the largest difference
 * @param relative the largest difference divided by the largest value of the reference
 */
public record Deviation(String stage, boolean exact, double absolute, double relative) {}
