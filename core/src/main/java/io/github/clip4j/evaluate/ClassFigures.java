package io.github.clip4j.evaluate;

import java.util.Arrays;

/**
 * How well one class is told from the others; NaN where there is nothing to divide by.
 *
 * @param images the images of the class
 * @param accuracy the share of them that was recognised, also called recall
 * @param precision the share of the images taken for the class that are of it
 * @param f1 the harmonic mean of accuracy and precision, {@code 2 right / (images + taken)}
 */
public record ClassFigures(String name, int images, double accuracy, double precision, double f1) {
    static ClassFigures of(String name, int c, int[][] confusion) {
        int images = Arrays.stream(confusion[c]).sum();
        int taken = Arrays.stream(confusion).mapToInt(row -> row[c]).sum();
        double right = confusion[c][c];
        return new ClassFigures(name, images, right / images, right / taken, 2 * right / (images + taken));
    }
}
