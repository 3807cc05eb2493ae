package io.github.clip4j.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Elements {@code [from, to)} of a parameter, the work of one thread at a time. Where a tensor is cut depends on its
 * size alone, so a sum of sums over pieces is the same for any number of threads.
 */
record Piece(Parameter parameter, int from, int to) {
    private static final int SIZE = 1 << 16;

    static List<Piece> of(List<Parameter> parameters) {
        List<Piece> pieces = new ArrayList<>();
        for (Parameter parameter : parameters) {
            int length = parameter.value().length;
            for (int from = 0; from < length; from += SIZE) {
                pieces.add(new Piece(parameter, from, Math.min(length, from + SIZE)));
            }
        }
        return pieces;
    }
}
