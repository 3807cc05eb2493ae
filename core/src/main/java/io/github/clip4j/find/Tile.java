package io.github.clip4j.find;

/** A square part of an image: left and top edge and side, in pixels. */
public record Tile(int x, int y, int size) {
    /** Area that two tiles share as a share of the smaller one, 0 to 1. */
    double overlap(Tile other) {
        long width = Math.min(x + size, other.x + other.size) - Math.max(x, other.x);
        long height = Math.min(y + size, other.y + other.size) - Math.max(y, other.y);
        double smaller = Math.min(size, other.size);
        return width <= 0 || height <= 0 ? 0 : width * height / (smaller * smaller);
    }
}
