package io.github.clip4j.find;

/**
 * How well a text fits a tile.
 *
 * @param score probability of the text against the negatives, 0 to 1
 */
public record Match(Tile tile, double score) {}
