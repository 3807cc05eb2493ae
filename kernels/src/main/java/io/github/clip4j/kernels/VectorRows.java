package io.github.clip4j.kernels;

import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Operations on one row {@code x[from, from + n)}. Every step of a loop is masked by what is left of the row, although
 * only the last needs it: whole towers are not measurably slower for it.
 */
final class VectorRows {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private VectorRows() {}

    static void layerNorm(float[] x, int from, float[] weight, float[] bias, float epsilon, float[] y) {
        int n = weight.length;
        float mean = sum(x, from, n) / n;
        float variance = squaredDeviations(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector normal = FloatVector.fromArray(F, x, from + i, m).sub(mean).mul(scale);
            normal.fma(FloatVector.fromArray(F, weight, i, m), FloatVector.fromArray(F, bias, i, m)).intoArray(y,
                    from + i, m);
        }
    }

    static float sum(float[] x, int from, int n) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            sums = sums.add(FloatVector.fromArray(F, x, from + i, m));
        }
        return VectorMath.sum(sums);
    }

    static float squaredDeviations(float[] x, int from, int n, float mean) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector d = FloatVector.fromArray(F, x, from + i, m).sub(mean, m);
            sums = d.fma(d, sums);
        }
        return VectorMath.sum(sums);
    }

    static void softmax(float[] x, int from, int n, float scale) {
        float max = max(x, from, n);
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector e = VectorMath.exp(FloatVector.fromArray(F, x, from + i, m).sub(max).mul(scale));
            e.intoArray(x, from + i, m);
            sums = sums.add(e, m);
        }
        divide(x, from, n, VectorMath.sum(sums));
    }

    static float max(float[] x, int from, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            max = max.lanewise(MAX, FloatVector.fromArray(F, x, from + i, m), m);
        }
        return max.reduceLanes(MAX);
    }

    static void normalize(float[] x, int from, int n) {
        FloatVector squares = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector v = FloatVector.fromArray(F, x, from + i, m);
            squares = v.fma(v, squares);
        }
        divide(x, from, n, (float) Math.sqrt(VectorMath.sum(squares)));
    }

    private static void divide(float[] x, int from, int n, float divisor) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector.fromArray(F, x, from + i, m).div(divisor).intoArray(x, from + i, m);
        }
    }

    static void activate(Activation activation, float[] x, int from, int n) {
        switch (activation) {
            case QUICK_GELU -> quickGelu(x, from, n);
            case GELU -> gelu(x, from, n);
        }
    }

    private static void quickGelu(float[] x, int from, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            VectorMath.quickGelu(FloatVector.fromArray(F, x, from + i, m)).intoArray(x, from + i, m);
        }
    }

    private static void gelu(float[] x, int from, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            VectorMath.gelu(FloatVector.fromArray(F, x, from + i, m)).intoArray(x, from + i, m);
        }
    }

    /** {@code y = x + b} of n elements. */
    static void add(float[] x, int from, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector.fromArray(F, x, from + i, m).add(FloatVector.fromArray(F, b, bo + i, m)).intoArray(y, yo + i,
                    m);
        }
    }
}
