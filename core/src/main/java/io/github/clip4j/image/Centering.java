package io.github.clip4j.image;

/** Where the centred square begins when there is an odd number of pixels to leave out. */
public enum Centering {
    /** Half of them, rounded down: transformers. */
    DOWN,
    /** Half of them, rounded to the even number: torchvision, which open_clip and OpenAI's clip use. */
    HALF_EVEN;

    /** The first pixel of the square, of those that are left out. */
    long begin(long leftOut) {
        return this == DOWN ? leftOut / 2 : (long) Math.rint(leftOut / 2.0);
    }
}
