package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** Runs at the width that the build asks for: see the executions of surefire in the module's pom. */
class VectorKernelsTest extends KernelsContract {
    @Override
    Kernels kernels(int threads) {
        return new VectorKernels(threads);
    }

    /** Fails when a build that meant to test one implementation or width runs another. */
    @Test
    void theWidthAskedForIsSelected() {
        int bits = Integer.getInteger(Kernels.VECTOR_BITS, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        try (Kernels kernels = Kernels.create(2)) {
            if (bits == 0) {
                assertInstanceOf(ScalarKernels.class, kernels);
            } else {
                assertEquals(bits + "-bit vectors, 2 threads", kernels.description());
                assertEquals(bits, 32 * Lanes.COUNT);
                assertTrue(Tile.WIDTH % Lanes.COUNT == 0);
            }
        }
    }
}
