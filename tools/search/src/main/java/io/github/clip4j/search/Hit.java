package io.github.clip4j.search;

/**
 * An image that was found.
 *
 * @param score the cosine of its embedding and the query's, from -1 to 1
 */
public record Hit(IndexedImage image, float score) {}
