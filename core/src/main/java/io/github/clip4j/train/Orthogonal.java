package io.github.clip4j.train;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;

/**
 * About the closest matrix with singular values of 1: for X = U Σ Vᵀ the matrix U S Vᵀ with all of S between 0.68 and
 * 1.21, where an element of Σ is not below 0.2 % of its norm. Five Newton-Schulz iterations of the fifth order,
 *
 * <pre>
 * X = X / (|X| + 1e-7)                        |X| the root of the sum of squares
 * A = X Xᵀ
 * X = (3.4445 I - 4.775 A + 2.0315 A²) X      five times
 * </pre>
 *
 * whose coefficients are chosen to move small singular values fast, not to end at 1. Source: Jordan et al.: Muon: An
 * optimizer for hidden layers in neural networks, 2024 (kellerjordan.github.io/posts/muon).
 */
final class Orthogonal {
    private static final int ITERATIONS = 5;
    private static final float LINEAR = 3.4445f;
    private static final float CUBIC = -4.775f;
    private static final float QUINTIC = 2.0315f;
    private static final double EPSILON = 1e-7;

    private final Kernels kernels;

    Orthogonal(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Takes x [rows, columns] to the matrix that is about its closest. */
    float[] of(float[] x, int rows, int columns) {
        if (rows > columns) { // A is the smaller of the two products then
            return transpose(wide(transpose(x, rows, columns), columns, rows), columns, rows);
        }
        return wide(x.clone(), rows, columns);
    }

    /** Overwrites x. */
    private float[] wide(float[] x, int rows, int columns) {
        float norm = (float) (1 / (Math.sqrt(GradientNorm.sumOfSquares(x, 0, x.length)) + EPSILON));
        for (int i = 0; i < x.length; i++) {
            x[i] *= norm;
        }
        return iterate(x, rows, columns);
    }

    private float[] iterate(float[] start, int rows, int columns) {
        float[] x = start; // [rows, columns]
        float[] next = new float[x.length]; // [rows, columns]
        float[] a = new float[rows * rows]; // [rows, rows], symmetric
        float[] polynomial = new float[rows * rows]; // [rows, rows], symmetric
        PackedMatrix packedX = pack(x, rows, columns);
        PackedMatrix packedA = pack(a, rows, rows);
        PackedMatrix transposedX = kernels.packTransposed(x, rows, columns);
        for (int i = 0; i < ITERATIONS; i++) {
            repack(packedX, x, columns);
            kernels.multiply(x, rows, packedX, null, Epilogue.NONE, a); // A = X Xᵀ
            repack(packedA, a, rows);
            kernels.multiply(a, rows, packedA, null, Epilogue.NONE, polynomial); // A²
            for (int j = 0; j < a.length; j++) {
                polynomial[j] = CUBIC * a[j] + QUINTIC * polynomial[j];
            }
            for (int j = 0; j < rows; j++) {
                polynomial[j * rows + j] += LINEAR;
            }
            kernels.repackTransposed(transposedX, x);
            kernels.multiply(polynomial, rows, transposedX, null, Epilogue.NONE, next);
            float[] before = x;
            x = next;
            next = before;
        }
        return x;
    }

    private PackedMatrix pack(float[] x, int rows, int columns) {
        return kernels.pack(rows, columns,
                (row, target, offset) -> System.arraycopy(x, row * columns, target, offset, columns));
    }

    private void repack(PackedMatrix packed, float[] x, int columns) {
        kernels.repack(packed,
                (row, target, offset) -> System.arraycopy(x, row * columns, target, offset, columns));
    }

    private static float[] transpose(float[] x, int rows, int columns) {
        float[] y = new float[x.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                y[column * rows + row] = x[row * columns + column];
            }
        }
        return y;
    }
}
