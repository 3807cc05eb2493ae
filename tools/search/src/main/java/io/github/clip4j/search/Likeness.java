package io.github.clip4j.search;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.List;

/**
 * How alike structures are: the correlation of one, or of a part of it that a crop by a tenth may have left, with
 * another, in the best of eight turns and of the part's places.
 */
enum Likeness {
    /** At every pixel of a {@link Thumbprint}. */
    FINE(1, 58),
    /** At half of that in each direction: for a tenth of the work most that are not alike are told. */
    COARSE(2, 29);

    private static final int TURNS = 8;

    private final int step;
    private final int side;
    private final int size;
    /** The side of a part, and in how many places along a side it may be. */
    private final int crop;
    private final int shifts;
    private final int part;

    Likeness(int step, int crop) {
        this.step = step;
        this.side = Thumbprint.SIDE / step;
        this.size = side * side;
        this.crop = crop;
        this.shifts = side - crop + 1;
        this.part = crop * crop;
    }

    /** Of one with each of some others, up to 1; 0 for what has no structure. */
    float[] of(Kernels kernels, Thumbprint one, List<Thumbprint> others) {
        float[] best = new float[others.size()];
        if (others.isEmpty()) {
            return best;
        }
        float[] wholes = new float[others.size() * size];
        float[] shrunk = new float[others.size() * part];
        for (int i = 0; i < others.size(); i++) {
            float[] square = square(others.get(i));
            System.arraycopy(shrunk(square), 0, shrunk, i * part, part);
            System.arraycopy(square, 0, wholes, i * size, size);
        }
        float[] square = square(one);
        raise(best, kernels, places(square), crop, shrunk);
        raise(best, kernels, square, side, wholes);
        return best;
    }

    /** Raises each of some others to its best correlation with one of some squares in one of eight turns. */
    private static void raise(float[] best, Kernels kernels, float[] squares, int side, float[] others) {
        int size = side * side;
        normalize(squares, size);
        normalize(others, size);
        // turning either is the same; the fewer are less work
        boolean turnsOthers = others.length < squares.length;
        float[] rows = turnsOthers ? squares : turns(squares, side); // [m, size]
        float[] columns = turnsOthers ? turns(others, side) : others; // [n, size]
        int m = rows.length / size;
        int n = columns.length / size;
        PackedMatrix packed = kernels.pack(n, size, RowReader.of(columns, size));
        float[] products = new float[m * n];
        kernels.multiply(rows, m, packed, null, Epilogue.NONE, products); // [m, n]
        for (int i = 0; i < products.length; i++) {
            int other = turnsOthers ? i % n / TURNS : i % n;
            best[other] = Math.max(best[other], products[i]);
        }
    }

    /** The means of {@code step · step} pixels. [side, side] */
    private float[] square(Thumbprint print) {
        byte[] structure = print.structure();
        float[] square = new float[size];
        for (int y = 0; y < Thumbprint.SIDE; y++) {
            for (int x = 0; x < Thumbprint.SIDE; x++) {
                square[y / step * side + x / step] += structure[y * Thumbprint.SIDE + x];
            }
        }
        return square;
    }

    /** The parts that a crop may have left. [shifts · shifts, crop · crop] */
    private float[] places(float[] square) {
        float[] places = new float[shifts * shifts * part];
        for (int top = 0, o = 0; top < shifts; top++) {
            for (int left = 0; left < shifts; left++, o += part) {
                for (int y = 0; y < crop; y++) {
                    System.arraycopy(square, (top + y) * side + left, places, o + y * crop, crop);
                }
            }
        }
        return places;
    }

    /** Made as small as a part by area, and transposed. [crop, crop] */
    private float[] shrunk(float[] square) {
        float[] across = new float[side * crop];
        float[] down = fewerRows(square, side);
        for (int y = 0; y < crop; y++) {
            for (int x = 0; x < side; x++) {
                across[x * crop + y] = down[y * side + x];
            }
        }
        return fewerRows(across, crop);
    }

    /** {@code crop} rows that cover {@code side} of them. */
    private float[] fewerRows(float[] rows, int width) {
        float[] fewer = new float[crop * width];
        float height = (float) side / crop;
        for (int y = 0; y < crop; y++) {
            float from = y * height;
            float to = from + height;
            for (int i = (int) from; i < Math.min(side, Math.ceil(to)); i++) {
                float share = Math.min(to, i + 1) - Math.max(from, i);
                for (int x = 0; x < width; x++) {
                    fewer[y * width + x] += rows[i * width + x] * share;
                }
            }
        }
        return fewer;
    }

    /** Squares in eight turns each. */
    private static float[] turns(float[] squares, int side) {
        float[] turned = new float[TURNS * squares.length];
        int size = side * side;
        for (int o = 0; o < turned.length; o += size) {
            int turn = o / size % TURNS;
            int from = o / size / TURNS * size;
            int across = (turn & 4) == 0 ? 1 : side;
            int down = (turn & 4) == 0 ? side : 1;
            if ((turn & 1) != 0) {
                from += (side - 1) * across;
                across = -across;
            }
            if ((turn & 2) != 0) {
                from += (side - 1) * down;
                down = -down;
            }
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    turned[o + y * side + x] = squares[from + y * down + x * across];
                }
            }
        }
        return turned;
    }

    /** Takes the mean of each away and makes its length 1; what has no structure is 0. */
    private static void normalize(float[] squares, int size) {
        for (int from = 0; from < squares.length; from += size) {
            double sum = 0;
            double ofSquares = 0;
            for (int i = from; i < from + size; i++) {
                sum += squares[i];
                ofSquares += (double) squares[i] * squares[i];
            }
            double mean = sum / size;
            double variance = ofSquares / size - mean * mean;
            double scale = variance > 1e-3 ? 1 / Math.sqrt(variance * size) : 0;
            for (int i = from; i < from + size; i++) {
                squares[i] = (float) ((squares[i] - mean) * scale);
            }
        }
    }
}
