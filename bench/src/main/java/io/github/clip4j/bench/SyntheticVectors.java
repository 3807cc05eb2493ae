package io.github.clip4j.bench;

import java.util.Random;

/**
 * Unit vectors whose directions are normally distributed; vector i is a function of i alone.
 *
 * @param decay p of the variance {@code i^-p} along the i-th axis, i = 1, 2, ...: 0 has no direction before another,
 *        which is the hardest there is to search and like no embeddings; 1 has about as many that matter as those have
 */
record SyntheticVectors(int dimension, double decay) {
    float[] get(long i) {
        Random random = new Random(i);
        double[] vector = new double[dimension];
        double squares = 0;
        for (int axis = 0; axis < dimension; axis++) {
            vector[axis] = random.nextGaussian() * Math.pow(axis + 1, -decay / 2);
            squares += vector[axis] * vector[axis];
        }
        float[] unit = new float[dimension];
        for (int axis = 0; axis < dimension; axis++) {
            unit[axis] = (float) (vector[axis] / Math.sqrt(squares));
        }
        return unit;
    }

    @Override
    public String toString() {
        return decay == 0 ? "random" : "like embeddings";
    }

    /** For files. */
    String name() {
        return toString().replace(' ', '-');
    }
}
