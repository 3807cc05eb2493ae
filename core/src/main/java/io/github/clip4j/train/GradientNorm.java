package io.github.clip4j.train;

import io.github.clip4j.kernels.Kernels;
import java.util.List;

/** The global norm of a gradient, {@code sqrt(Σ g²)} over all elements of all trained parameters, in doubles. */
final class GradientNorm {
    private GradientNorm() {}

    /** @throws ArithmeticException if the norm is NaN or infinite */
    static double of(List<Piece> pieces, Kernels kernels) {
        double[] squares = new double[pieces.size()];
        kernels.parallel(squares.length, i -> {
            Piece piece = pieces.get(i);
            squares[i] = sumOfSquares(piece.parameter().gradient(), piece.from(), piece.to());
        });
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        if (!Double.isFinite(sum)) {
            throw new ArithmeticException("the norm of the gradient is " + Math.sqrt(sum)
                    + ": training has diverged; lower the learning rate or warm up longer");
        }
        return Math.sqrt(sum);
    }

    /** Four sums, because each addition has to wait for the one before it. */
    static double sumOfSquares(float[] x, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            s0 += (double) x[i] * x[i];
            s1 += (double) x[i + 1] * x[i + 1];
            s2 += (double) x[i + 2] * x[i + 2];
            s3 += (double) x[i + 3] * x[i + 3];
        }
        for (; i < to; i++) {
            s0 += (double) x[i] * x[i];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
