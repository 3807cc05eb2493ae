package io.github.clip4j.kernels;

/** What the arguments of a kernel have to be. */
final class Arguments {
    private Arguments() {}

    static void holds(float[] array, long rows, long columns, String name) {
        if (rows < 0 || columns < 0 || array.length < rows * columns) {
            throw new IllegalArgumentException(
                    name + " has " + array.length + " elements, needed are " + rows + " x " + columns);
        }
    }

    static void require(boolean condition, String name, Object found, Object expected) {
        if (!condition) {
            throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
        }
    }
}
