package io.github.clip4j.checkpoint;

/** Bounds on sizes from outside: wide enough for any CLIP, too narrow for any array or product to overflow. */
final class Check {
    /** Patches of an image or tokens of a text; attention takes memory by its square. */
    static final int MAX_TOKENS = 1 << 12;
    /** Pixels of one side of the model's input. */
    static final int MAX_IMAGE_SIZE = 1 << 11;
    static final int MAX_HIDDEN_SIZE = 1 << 14;

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
