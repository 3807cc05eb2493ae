package io.github.clip4j.train;

import java.util.List;

/**
 * Image-text pairs: text i belongs to image i.
 *
 * @param pixels [n, channels, size, size], normalised
 * @param texts n token sequences, each with its start and end token, not padded
 */
public record Batch(float[] pixels, List<int[]> texts) {}
