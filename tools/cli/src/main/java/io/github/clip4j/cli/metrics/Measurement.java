package io.github.clip4j.cli.metrics;

import java.util.SequencedMap;

/**
 * Numbers that belong to one step of training.
 *
 * @param step steps done when they were measured
 * @param values by name, in the order in which they are to be written; none is NaN or infinite
 */
public record Measurement(long step, SequencedMap<String, Double> values) {}
