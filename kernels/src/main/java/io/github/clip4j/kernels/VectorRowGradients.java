package io.github.clip4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Gradients of the operations of {@link VectorRows} on one row, in loops of the same kind. */
final class VectorRowGradients {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    /** {@code 1 / sqrt(2 pi)} */
    private static final float NORMAL_DENSITY = 0.398942280f;

    private VectorRowGradients() {}

    /** Adds the row's share of the parameters' gradients to n sums from {@code to} on. */
    static void layerNorm(float[] x, int from, float[] weight, float epsilon, float[] dy, float[] dx,
            float[] weightSums, float[] biasSums, int to) {
        int n = weight.length;
        float mean = VectorRows.sum(x, from, n) / n;
        float variance = VectorRows.squaredDeviations(x, from, n, mean) / n;
        float scale = (float) (1 / Math.sqrt(variance + (double) epsilon));
        float[] normal = new float[n];
        float[] dNormal = new float[n];
        affine(x, dy, from, mean, scale, weight, normal, dNormal, weightSums, to);
        VectorRows.add(biasSums, to, dy, from, biasSums, to, n);
        float shift = VectorRows.sum(dNormal, 0, n) / n;
        float slope = VectorRows.dot(normal, dNormal, 0, n) / n;
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector d = FloatVector.fromArray(F, dNormal, i).sub(shift);
            d = d.sub(FloatVector.fromArray(F, normal, i).mul(slope)).mul(scale);
            d.add(FloatVector.fromArray(F, dx, from + i)).intoArray(dx, from + i);
        }
        for (; i < n; i++) {
            dx[from + i] += (dNormal[i] - shift - normal[i] * slope) * scale;
        }
    }

    /** {@code normal = (x - mean) * scale, dNormal = dy * weight, weightSums += dy * normal} */
    private static void affine(float[] x, float[] dy, int from, float mean, float scale, float[] weight, float[] normal,
            float[] dNormal, float[] weightSums, int to) {
        int n = weight.length;
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector z = FloatVector.fromArray(F, x, from + i).sub(mean).mul(scale);
            FloatVector d = FloatVector.fromArray(F, dy, from + i);
            z.intoArray(normal, i);
            d.mul(FloatVector.fromArray(F, weight, i)).intoArray(dNormal, i);
            d.fma(z, FloatVector.fromArray(F, weightSums, to + i)).intoArray(weightSums, to + i);
        }
        for (; i < n; i++) {
            normal[i] = (x[from + i] - mean) * scale;
            dNormal[i] = dy[from + i] * weight[i];
            weightSums[to + i] = Math.fma(dy[from + i], normal[i], weightSums[to + i]);
        }
    }

    /** {@code dp = p (dp - sum(p dp)) * scale}: from the gradient of probabilities to that of their scores. */
    static void softmax(float[] p, int from, int n, float scale, float[] dp) {
        float mean = VectorRows.dot(p, dp, from, n);
        int i = 0;
        for (; i < F.loopBound(n); i += L) {
            FloatVector d = FloatVector.fromArray(F, dp, from + i).sub(mean);
            d.mul(FloatVector.fromArray(F, p, from + i)).mul(scale).intoArray(dp, from + i);
        }
        for (; i < n; i++) {
            dp[from + i] = (dp[from + i] - mean) * p[from + i] * scale;
        }
    }

    static void activate(Activation activation, float[] x, float[] dy, int from, int n) {
        int whole = F.loopBound(n);
        activateVectors(activation, x, dy, from, whole);
        if (whole < n) {
            float[] xRest = new float[L];
            float[] dyRest = new float[L];
            System.arraycopy(x, from + whole, xRest, 0, n - whole);
            System.arraycopy(dy, from + whole, dyRest, 0, n - whole);
            activateVectors(activation, xRest, dyRest, 0, L);
            System.arraycopy(dyRest, 0, dy, from + whole, n - whole);
        }
    }

    private static void activateVectors(Activation activation, float[] x, float[] dy, int from, int n) {
        switch (activation) {
            case QUICK_GELU -> quickGelu(x, dy, from, n);
            case GELU -> gelu(x, dy, from, n);
        }
    }

    private static void quickGelu(float[] x, float[] dy, int from, int n) {
        for (int i = from; i < from + n; i += L) {
            FloatVector slope = VectorMath.quickGeluSlope(FloatVector.fromArray(F, x, i));
            FloatVector.fromArray(F, dy, i).mul(slope).intoArray(dy, i);
        }
    }

    /** The derivative is {@code (1 + erf(x / sqrt 2)) / 2 + x e^(-x²/2) / sqrt(2 pi)}. */
    private static void gelu(float[] x, float[] dy, int from, int n) {
        float[] erf = VectorRows.erf(x, from, n);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, from + i);
            FloatVector density = VectorMath.exp(v.mul(v).mul(-0.5f)).mul(NORMAL_DENSITY);
            FloatVector slope = v.fma(density, FloatVector.fromArray(F, erf, i).add(1f).mul(0.5f));
            FloatVector.fromArray(F, dy, from + i).mul(slope).intoArray(dy, from + i);
        }
    }
}
