package io.github.clip4j.kernels;

import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Operations on one row {@code x[from, from + n)}. Whole vectors first, the rest with a mask: a lane goes through the
 * same arithmetic in both.
 */
final class VectorRows {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private VectorRows() {}

    /** The lanes of the last, incomplete vector. */
    private static VectorMask<Float> rest(int i, int n) {
        return F.indexInRange(i, n);
    }

    static void layerNorm(float[] x, int from, float[] weight, float[] bias, float epsilon, float[] y) {
        int n = weight.length;
        float mean = sum(x, from, n) / n;
        float variance = squaredDeviations(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector normal = FloatVector.fromArray(F, x, from + i).sub(mean).mul(scale);
            normal.fma(FloatVector.fromArray(F, weight, i), FloatVector.fromArray(F, bias, i)).intoArray(y, from + i);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            FloatVector normal = FloatVector.fromArray(F, x, from + whole, m).sub(mean).mul(scale);
            normal.fma(FloatVector.fromArray(F, weight, whole, m), FloatVector.fromArray(F, bias, whole, m))
                    .intoArray(y, from + whole, m);
        }
    }

    private static float sum(float[] x, int from, int n) {
        FloatVector sums = FloatVector.zero(F);
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            sums = sums.add(FloatVector.fromArray(F, x, from + i));
        }
        if (whole < n) {
            sums = sums.add(FloatVector.fromArray(F, x, from + whole, rest(whole, n)));
        }
        return VectorMath.sum(sums);
    }

    private static float squaredDeviations(float[] x, int from, int n, float mean) {
        FloatVector sums = FloatVector.zero(F);
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector d = FloatVector.fromArray(F, x, from + i).sub(mean);
            sums = d.fma(d, sums);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            FloatVector d = FloatVector.zero(F).blend(FloatVector.fromArray(F, x, from + whole, m).sub(mean), m);
            sums = d.fma(d, sums);
        }
        return VectorMath.sum(sums);
    }

    static void softmax(float[] x, int from, int n, float scale) {
        float max = max(x, from, n);
        int whole = F.loopBound(n);
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < whole; i += L) {
            FloatVector e = VectorMath.exp(FloatVector.fromArray(F, x, from + i).sub(max).mul(scale));
            e.intoArray(x, from + i);
            sums = sums.add(e);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            FloatVector e = VectorMath.exp(FloatVector.fromArray(F, x, from + whole, m).sub(max).mul(scale));
            e.intoArray(x, from + whole, m);
            sums = sums.add(FloatVector.zero(F).blend(e, m));
        }
        divide(x, from, n, VectorMath.sum(sums));
    }

    private static float max(float[] x, int from, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            max = max.max(FloatVector.fromArray(F, x, from + i));
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            max = max.max(max.blend(FloatVector.fromArray(F, x, from + whole, m), m));
        }
        return max.reduceLanes(MAX);
    }

    static void normalize(float[] x, int from, int n) {
        FloatVector squares = FloatVector.zero(F);
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, from + i);
            squares = v.fma(v, squares);
        }
        if (whole < n) {
            FloatVector v = FloatVector.fromArray(F, x, from + whole, rest(whole, n));
            squares = v.fma(v, squares);
        }
        divide(x, from, n, (float) Math.sqrt(VectorMath.sum(squares)));
    }

    private static void divide(float[] x, int from, int n, float divisor) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(F, x, from + i).div(divisor).intoArray(x, from + i);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            FloatVector.fromArray(F, x, from + whole, m).div(divisor).intoArray(x, from + whole, m);
        }
    }

    static void activate(Activation activation, float[] x, int from, int n) {
        switch (activation) {
            case QUICK_GELU -> quickGelu(x, from, n);
            case GELU -> gelu(x, from, n);
        }
    }

    private static void quickGelu(float[] x, int from, int n) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            VectorMath.quickGelu(FloatVector.fromArray(F, x, from + i)).intoArray(x, from + i);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            VectorMath.quickGelu(FloatVector.fromArray(F, x, from + whole, m)).intoArray(x, from + whole, m);
        }
    }

    private static void gelu(float[] x, int from, int n) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            VectorMath.gelu(FloatVector.fromArray(F, x, from + i)).intoArray(x, from + i);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            VectorMath.gelu(FloatVector.fromArray(F, x, from + whole, m)).intoArray(x, from + whole, m);
        }
    }

    /** {@code y = x + b} of n elements. */
    static void add(float[] x, int from, float[] b, int bo, float[] y, int yo, int n) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(F, x, from + i).add(FloatVector.fromArray(F, b, bo + i)).intoArray(y, yo + i);
        }
        if (whole < n) {
            VectorMask<Float> m = rest(whole, n);
            FloatVector.fromArray(F, x, from + whole, m).add(FloatVector.fromArray(F, b, bo + whole, m))
                    .intoArray(y, yo + whole, m);
        }
    }
}
