package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Vectors that C2 cannot keep in registers become objects, results stay right, and a collector that has to touch new memory
 * for them makes attention take twice its time. What a row of a compiled kernel may allocate is the lanes that it sums.
 */
class VectorObjectsTest {
    private static final int CALLS = 1000;
    private static final long NANOS = 60_000_000_000L;
    private static final LongSupplier ALLOCATED = allocatedBytes();

    /** A kernel on one row, and the sums that it has. */
    private record Kernel(String name, int sums, Runnable row) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kernel> kernels() {
        int n = 6 * Lanes.COUNT + 2; // whole vectors and a rest
        float[] x = new float[n + Lanes.COUNT];
        float[] y = x.clone();
        float[] weight = new float[n];
        return Stream.of(new Kernel("softmax", 1, () -> {
            VectorRows.fillUp(x, 0, n);
            VectorRows.softmax(x, 0, VectorRows.wholeVectors(n), 0.5f);
        }),
                new Kernel("layer norm", 2, () -> VectorRows.layerNorm(x, 0, weight, weight, 1, y)),
                new Kernel("add", 0, () -> VectorRows.add(x, 0, y, 0, y, 0, n)),
                new Kernel("copy", 0, () -> VectorRows.copy(x, 0, y, 0, n)),
                new Kernel("quick gelu", 0, () -> VectorRows.activate(Activation.QUICK_GELU, x, 0, 6 * Lanes.COUNT)),
                new Kernel("gradient of softmax", 1, () -> VectorRowGradients.softmax(x, 0, n, 0.5f, y)));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void rowsAllocateNoMoreThanTheLanesOfTheirSums(Kernel kernel) {
        int bits = Lanes.FLOATS.vectorBitSize();
        assumeTrue(bits <= VectorShape.S_Max_BIT.vectorBitSize(),
                "vectors of " + bits + " bits are objects on this machine");
        long most = kernel.sums * (16L + Lanes.COUNT * Float.BYTES);
        long end = System.nanoTime() + NANOS;
        long bytes = bytesOfARow(kernel);
        while (bytes > most && System.nanoTime() < end) { // C2 compiles beside it
            bytes = bytesOfARow(kernel);
        }
        assertTrue(bytes <= most, kernel + ": " + bytes + " bytes a row, expected at most " + most);
    }

    private static long bytesOfARow(Kernel kernel) {
        long before = ALLOCATED.getAsLong();
        for (int i = 0; i < CALLS; i++) {
            kernel.row.run();
        }
        return (ALLOCATED.getAsLong() - before) / CALLS;
    }

    /** {@code com.sun.management.ThreadMXBean}, whose module this one does not read. */
    private static LongSupplier allocatedBytes() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean")
                    .invoke(null);
            Method method = Class.forName("com.sun.management.ThreadMXBean")
                    .getMethod("getCurrentThreadAllocatedBytes");
            return () -> {
                try {
                    return (long) method.invoke(bean);
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
