package io.github.clip4j.kernels;

import static jdk.incubator.vector.VectorOperators.MAX;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Operations on one row {@code x[from, from + n)}: whole vectors, then what is left one by one, or as a vector with room
 * where a vector function is needed. No masks: AVX2 has no registers for them, AMD's masked stores there take dozens of
 * cycles, and C2 makes objects of the vectors that a masked operation and a loop before it share.
 */
final class VectorRows {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private static final float SQRT_HALF = 0.707106781f;

    private VectorRows() {}

    /** {@code y = x} of n elements, for rows so short that a call to {@code System.arraycopy} takes longer. */
    static void copy(float[] x, int from, float[] y, int yo, int n) {
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector.fromArray(F, x, from + i).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[from + i];
        }
    }

    static void layerNorm(float[] x, int from, float[] weight, float[] bias, float epsilon, float[] y) {
        int n = weight.length;
        float mean = sum(x, from, n) / n;
        float variance = squaredDeviations(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector normal = FloatVector.fromArray(F, x, from + i).sub(mean).mul(scale);
            normal.fma(FloatVector.fromArray(F, weight, i), FloatVector.fromArray(F, bias, i)).intoArray(y, from + i);
        }
        for (; i < n; i++) {
            y[from + i] = Math.fma((x[from + i] - mean) * scale, weight[i], bias[i]);
        }
    }

    static float sum(float[] x, int from, int n) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            sums = sums.add(FloatVector.fromArray(F, x, from + i));
        }
        float sum = VectorMath.sum(sums.toArray());
        for (; i < n; i++) {
            sum += x[from + i];
        }
        return sum;
    }

    static float squaredDeviations(float[] x, int from, int n, float mean) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector d = FloatVector.fromArray(F, x, from + i).sub(mean);
            sums = d.fma(d, sums);
        }
        float sum = VectorMath.sum(sums.toArray());
        for (; i < n; i++) {
            sum += (x[from + i] - mean) * (x[from + i] - mean);
        }
        return sum;
    }

    /** {@code sum of a[from + i] * b[from + i]}. */
    static float dot(float[] a, float[] b, int from, int n) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            sums = FloatVector.fromArray(F, a, from + i).fma(FloatVector.fromArray(F, b, from + i), sums);
        }
        float sum = VectorMath.sum(sums.toArray());
        for (; i < n; i++) {
            sum += a[from + i] * b[from + i];
        }
        return sum;
    }

    /** Fills up the last vector of n elements with -inf, for {@link #softmax}; x has room for it. */
    static void fillUp(float[] x, int from, int n) {
        Arrays.fill(x, from + n, from + wholeVectors(n), Float.NEGATIVE_INFINITY);
    }

    /** {@code x = softmax(x * scale)} of n elements, whole vectors; -inf becomes 0. */
    static void softmax(float[] x, int from, int n, float scale) {
        assert n % L == 0 : n;
        divide(x, from, n, exp(x, from, n, max(x, from, n), scale));
    }

    /** {@code n} rounded up to whole vectors. */
    static int wholeVectors(int n) {
        return Math.ceilDiv(n, L) * L;
    }

    /** {@code x = e^((x - max) * scale)} of whole vectors; returns the sum. */
    private static float exp(float[] x, int from, int n, float max, float scale) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = from; i < from + n; i += L) {
            FloatVector e = VectorMath.exp(FloatVector.fromArray(F, x, i).sub(max).mul(scale));
            e.intoArray(x, i);
            sums = sums.add(e);
        }
        return VectorMath.sum(sums.toArray());
    }

    private static float max(float[] x, int from, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = from; i < from + n; i += L) {
            max = max.max(FloatVector.fromArray(F, x, i));
        }
        return max.reduceLanes(MAX);
    }

    private static void divide(float[] x, int from, int n, float divisor) {
        for (int i = from; i < from + n; i += L) {
            FloatVector.fromArray(F, x, i).div(divisor).intoArray(x, i);
        }
    }

    /** {@code y = x + b} of n elements. */
    static void add(float[] x, int from, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector.fromArray(F, x, from + i).add(FloatVector.fromArray(F, b, bo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[from + i] + b[bo + i];
        }
    }

    static void activate(Activation activation, float[] x, int from, int n) {
        int whole = F.loopBound(n);
        activateVectors(activation, x, from, whole);
        if (whole < n) {
            float[] rest = new float[L];
            System.arraycopy(x, from + whole, rest, 0, n - whole);
            activateVectors(activation, rest, 0, L);
            System.arraycopy(rest, 0, x, from + whole, n - whole);
        }
    }

    private static void activateVectors(Activation activation, float[] x, int from, int n) {
        switch (activation) {
            case QUICK_GELU -> quickGelu(x, from, n);
            case GELU -> gelu(x, from, n);
        }
    }

    private static void quickGelu(float[] x, int from, int n) {
        for (int i = from; i < from + n; i += L) {
            VectorMath.quickGelu(FloatVector.fromArray(F, x, i)).intoArray(x, i);
        }
    }

    private static void gelu(float[] x, int from, int n) {
        float[] erf = erf(x, from, n);
        for (int i = 0; i < n; i += L) {
            FloatVector half = FloatVector.fromArray(F, x, from + i).mul(0.5f);
            FloatVector.fromArray(F, erf, i).fma(half, half).intoArray(x, from + i);
        }
    }

    /**
     * {@code erf(x / sqrt 2)} of whole vectors. In two methods: into one, C2 does not inline as many vector operations as
     * both have, and a vector that is passed to a method which is not inlined becomes an object.
     */
    static float[] erf(float[] x, int from, int n) {
        float[] erf = new float[n];
        erfc(x, from, n, erf);
        erf(x, from, n, erf);
        return erf;
    }

    private static void erfc(float[] x, int from, int n, float[] erfc) {
        for (int i = 0; i < n; i += L) {
            FloatVector t = FloatVector.fromArray(F, x, from + i).mul(SQRT_HALF);
            VectorMath.exp(VectorMath.logErfc(t)).intoArray(erfc, i);
        }
    }

    /** @param erfc of the absolute values; becomes erf */
    private static void erf(float[] x, int from, int n, float[] erfc) {
        for (int i = 0; i < n; i += L) {
            FloatVector t = FloatVector.fromArray(F, x, from + i).mul(SQRT_HALF);
            VectorMath.erf(t, FloatVector.fromArray(F, erfc, i)).intoArray(erfc, i);
        }
    }
}
