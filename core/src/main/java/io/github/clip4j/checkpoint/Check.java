package io.github.clip4j.checkpoint;

/** Bounds of the fields of {@code config.json}, wide enough for any CLIP and too narrow for any size to overflow. */
final class Check {
    private Check() {}

    /** @throws IllegalArgumentException unless {@code 1 <= value <= max} */
    static void size(String field, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(field + ": expected 1 to " + max + ", found " + value);
        }
    }

    /** @throws IllegalArgumentException if an array cannot hold a tensor of this many elements */
    static void elements(String what, long... dimensions) {
        long product = 1;
        for (long dimension : dimensions) {
            product = Math.multiplyExact(product, dimension);
        }
        if (product > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    what + ": expected a product below 2^31, found " + product + ", more than an array holds");
        }
    }
}
