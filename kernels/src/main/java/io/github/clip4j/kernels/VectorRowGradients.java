package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Gradients of the operations of {@link VectorRows} on one row, in loops of the same kind. */
final class VectorRowGradients {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private VectorRowGradients() {}

    /** Adds the row's share of the parameters' gradients to n sums from {@code to} on. */
    static void layerNorm(float[] x, int from, float[] weight, float epsilon, float[] dy, float[] dx,
            float[] weightSums, float[] biasSums, int to) {
        int n = weight.length;
        float mean = VectorRows.sum(x, from, n) / n;
        float variance = VectorRows.squaredDeviations(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
        FloatVector sums = FloatVector.zero(F);
        FloatVector products = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector normal = FloatVector.fromArray(F, x, from + i, m).sub(mean).mul(scale);
            FloatVector d = FloatVector.fromArray(F, dy, from + i, m);
            FloatVector dNormal = d.mul(FloatVector.fromArray(F, weight, i, m));
            sums = sums.add(dNormal);
            products = dNormal.fma(normal, products);
            d.fma(normal, FloatVector.fromArray(F, weightSums, to + i, m)).intoArray(weightSums, to + i, m);
            d.add(FloatVector.fromArray(F, biasSums, to + i, m)).intoArray(biasSums, to + i, m);
        }
        float shift = VectorMath.sum(sums) / n;
        float slope = VectorMath.sum(products) / n;
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector normal = FloatVector.fromArray(F, x, from + i, m).sub(mean).mul(scale);
            FloatVector dNormal = FloatVector.fromArray(F, dy, from + i, m).mul(FloatVector.fromArray(F, weight, i, m));
            FloatVector d = dNormal.sub(shift).sub(normal.mul(slope));
            d.mul(scale).add(FloatVector.fromArray(F, dx, from + i, m)).intoArray(dx, from + i, m);
        }
    }

    /** {@code dp = p (dp - sum(p dp)) * scale}: from the gradient of probabilities to that of their scores. */
    static void softmax(float[] p, int from, int n, float scale, float[] dp) {
        float mean = dot(p, dp, from, n);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector.fromArray(F, dp, from + i, m).sub(mean).mul(FloatVector.fromArray(F, p, from + i, m)).mul(scale)
                    .intoArray(dp, from + i, m);
        }
    }

    static void normalize(float[] x, int from, int n, float[] dy, float[] dx) {
        float length = (float) Math.sqrt(dot(x, x, from, n));
        float slope = dot(x, dy, from, n) / length;
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector y = FloatVector.fromArray(F, x, from + i, m).div(length);
            FloatVector.fromArray(F, dy, from + i, m).sub(y.mul(slope)).div(length).intoArray(dx, from + i, m);
        }
    }

    private static float dot(float[] a, float[] b, int from, int n) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            sums = FloatVector.fromArray(F, a, from + i, m).fma(FloatVector.fromArray(F, b, from + i, m), sums);
        }
        return VectorMath.sum(sums);
    }

    static double crossEntropy(float[] logits, int from, int n, float[] targets, float share) {
        float max = VectorRows.max(logits, from, n);
        FloatVector sums = FloatVector.zero(F);
        FloatVector expected = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector shifted = FloatVector.fromArray(F, logits, from + i, m).sub(max);
            expected = FloatVector.fromArray(F, targets, from + i, m).fma(shifted, expected);
            FloatVector e = VectorMath.exp(shifted);
            e.intoArray(logits, from + i, m);
            sums = sums.add(e, m);
        }
        float sum = VectorMath.sum(sums);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector p = FloatVector.fromArray(F, logits, from + i, m).div(sum);
            p.sub(FloatVector.fromArray(F, targets, from + i, m)).mul(share).intoArray(logits, from + i, m);
        }
        return Math.log(sum) - VectorMath.sum(expected);
    }

    static void activate(Activation activation, float[] x, float[] dy, int from, int n) {
        switch (activation) {
            case QUICK_GELU -> quickGelu(x, dy, from, n);
            case GELU -> gelu(x, dy, from, n);
        }
    }

    private static void quickGelu(float[] x, float[] dy, int from, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector slope = VectorMath.quickGeluSlope(FloatVector.fromArray(F, x, from + i, m));
            FloatVector.fromArray(F, dy, from + i, m).mul(slope).intoArray(dy, from + i, m);
        }
    }

    private static void gelu(float[] x, float[] dy, int from, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> m = F.indexInRange(i, n);
            FloatVector slope = VectorMath.geluSlope(FloatVector.fromArray(F, x, from + i, m));
            FloatVector.fromArray(F, dy, from + i, m).mul(slope).intoArray(dy, from + i, m);
        }
    }
}
