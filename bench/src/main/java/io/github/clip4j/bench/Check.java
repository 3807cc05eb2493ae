package io.github.clip4j.bench;

/** Compares a benchmark's answer with the expected one before anything is timed. */
final class Check {
    private Check() {}

    /** @throws IllegalStateException if the values are further than {@code bound} apart, or not numbers */
    static void near(String what, double expected, double found, double bound) {
        if (!(Math.abs(expected - found) <= bound)) {
            throw new IllegalStateException("%s: expected %s within %.1e, found %s; a wrong answer is not timed"
                    .formatted(what, expected, bound, found));
        }
    }

    /** Each element of {@code expected}, within {@code tolerance} times the largest of them. */
    static void near(String what, float[] expected, float[] found, double tolerance) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            near(what + " at " + i, expected[i], found[i], tolerance * largest);
        }
    }
}
