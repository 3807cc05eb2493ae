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

    /** Sums, vectors of W and broadcasts that are held at a time; see {@link Tile}. */
    @Test
    void tileFitsTheRegisters() {
        int vectors = Tile.WIDTH / Lanes.COUNT;
        int broadcasts = Lanes.REGISTERS == 16 ? 1 : Tile.ROWS;
        assertTrue(Tile.ROWS * vectors + vectors + broadcasts <= Lanes.REGISTERS);
        assertTrue(Tile.ROWS * vectors >= 8, "fewer sums than two FMAs a cycle with a latency of four need");
    }

    @Test
    void rowsAreComputedForNothingOnlyWhereTilesDoNotFit() {
        for (int rows = 1; rows <= 400; rows++) {
            int computed = Tile.tileRows(rows);
            assertTrue(rows <= computed && computed <= Tile.wholeRows(rows), rows + " rows");
            if (Tile.ROWS == 6 && rows >= 20) {
                assertEquals(rows, computed);
            }
        }
    }

    @Test
    void registersByArchitecture() {
        assertEquals(16, Lanes.registers("amd64", 256));
        assertEquals(32, Lanes.registers("amd64", 512));
        assertEquals(16, Lanes.registers("x86_64", 128));
        assertEquals(32, Lanes.registers("aarch64", 128));
    }

    /** Fails when a build that meant to test the tile for few registers runs the other. */
    @Test
    void theRegistersAskedForAreCounted() {
        if (System.getProperty("os.arch").equals("amd64")) {
            assertEquals(Integer.getInteger("test.x86Registers", Lanes.REGISTERS), Lanes.REGISTERS);
        }
    }

    /** Fails when a build that meant to test one implementation or width runs another. */
    @Test
    void theWidthAskedForIsSelected() {
        int bits = Integer.getInteger(Kernels.VECTOR_BITS, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        try (Kernels kernels = Kernels.create(2)) {
            if (bits == 0) {
                assertInstanceOf(ScalarKernels.class, kernels);
            } else {
                assertEquals(bits + "-bit vectors in " + Lanes.REGISTERS + " registers, 2 threads",
                        kernels.description());
                assertEquals(bits, 32 * Lanes.COUNT);
                assertTrue(Tile.WIDTH % Lanes.COUNT == 0);
            }
        }
    }
}
