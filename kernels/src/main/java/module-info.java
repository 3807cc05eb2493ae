/** Arithmetic on {@code float[]}: the operations of a transformer, scalar and on the Vector API. */
module io.github.clip4j.kernels {
    requires jdk.incubator.vector;

    exports io.github.clip4j.kernels;
}
