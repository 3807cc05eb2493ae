package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The one place that chooses the vector width, the widest that the machine prefers, at most 512 bits; and what goes with it. */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = choose();
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    /** Float lanes of a vector. */
    static final int COUNT = FLOATS.length();
    /** Vector registers that compiled code has. */
    static final int REGISTERS = registers(System.getProperty("os.arch"), VectorShape.S_Max_BIT.vectorBitSize());

    private Lanes() {}

    private static VectorSpecies<Float> choose() {
        Integer bits = Integer.getInteger(Kernels.VECTOR_BITS);
        if (bits == null) {
            bits = Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512);
        }
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }

    /**
     * x86 has 16, or 32 at every width where the JVM uses AVX-512, which it does if its widest vectors have 512 bits.
     * AArch64, and whatever else has vectors, has 32.
     */
    static int registers(String architecture, int widestBits) {
        boolean x86 = switch (architecture) {
            case "amd64", "x86_64", "x86", "i386" -> true;
            default -> false;
        };
        return x86 && widestBits < 512 ? 16 : 32;
    }
}
