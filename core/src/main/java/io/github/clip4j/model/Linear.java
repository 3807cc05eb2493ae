package io.github.clip4j.model;

import io.github.clip4j.kernels.PackedMatrix;

/**
 * {@code y = x · Wᵀ + b}.
 *
 * @param bias null where the layer has none
 */
record Linear(PackedMatrix weight, float[] bias) {}
