package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The one place that chooses the vector width: the widest that the machine prefers, at most 512 bits. */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = choose();
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    /** Float lanes of a vector. */
    static final int COUNT = FLOATS.length();

    private Lanes() {}

    private static VectorSpecies<Float> choose() {
        Integer bits = Integer.getInteger(Kernels.VECTOR_BITS);
        if (bits == null) {
            bits = Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512);
        }
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }
}
