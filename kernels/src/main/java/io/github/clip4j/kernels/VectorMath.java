package io.github.clip4j.kernels;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on vectors. The polynomials are minimax fits by Remez' algorithm, their coefficients rounded to
 * float32; the bounds in ulp are measured against float64 by {@code VectorMathTest}.
 */
final class VectorMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;

    private static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts; the first has 15 significant bits, so its product with an integer below 2^9 is exact. */
    private static final float LN2_HIGH = 0.693145752f;
    private static final float LN2_LOW = 1.42860677e-6f;
    /** Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the significand. */
    private static final float ROUND = 12582912f;
    /** Above it exp is infinite, below {@link #EXP_ZERO} it rounds to zero. */
    private static final float EXP_INFINITE = 88.7228394f;
    private static final float EXP_ZERO = -103.972084f;

    /** From here on erf is 1 in float32. */
    private static final float ERF_ONE = 3.92f;

    private VectorMath() {}

    /**
     * {@code e^x}, within 1.1 ulp (subnormal results within 1 ulp of the smallest). {@code x = n ln 2 + r} with |r| <=
     * ln 2 / 2, {@code e^r = 1 + r + r² q(r)}, q of degree 4 with a relative error of 3e-9 in e^r; the scale 2^n is
     * applied in two halves, so that n may leave the range of exponents.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.mul(LOG2_E).add(ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(broadcast(-LN2_HIGH), x);
        r = n.fma(broadcast(-LN2_LOW), r);
        FloatVector q = broadcast(0.00138145988f);
        q = q.fma(r, broadcast(0.00836871658f));
        q = q.fma(r, broadcast(0.0416683890f));
        q = q.fma(r, broadcast(0.166665211f));
        q = q.fma(r, broadcast(0.499999940f));
        FloatVector y = q.mul(r).fma(r, r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
        IntVector half = exponent.lanewise(ASHR, 1);
        y = y.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
        VectorMask<Float> zero = x.compare(LT, EXP_ZERO);
        VectorMask<Float> infinite = x.compare(GT, EXP_INFINITE);
        return y.blend(0f, zero).blend(Float.POSITIVE_INFINITY, infinite);
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    }

    /**
     * The error function, within 2 ulp, given {@code erfc = exp(logErfc(x))}. Up to 1, {@code x + x p(x²)} with p of degree
     * 6 (1.2e-9 relative); above, {@code 1 - erfc}.
     */
    static FloatVector erf(FloatVector x, FloatVector erfc) {
        FloatVector square = x.mul(x);
        FloatVector p = broadcast(7.85386073e-5f);
        p = p.fma(square, broadcast(-0.000801019371f));
        p = p.fma(square, broadcast(0.00518832775f));
        p = p.fma(square, broadcast(-0.0268538129f));
        p = p.fma(square, broadcast(0.112835854f));
        p = p.fma(square, broadcast(-0.376126260f));
        p = p.fma(square, broadcast(0.128379166f));
        FloatVector near = p.fma(x, x);
        FloatVector far = broadcast(1f).sub(erfc);
        far = far.blend(far.neg(), x.compare(LT, 0f));
        return near.blend(far, square.compare(GT, 1f));
    }

    /**
     * {@code ln erfc |x|} on [0.98, 3.95], a fit of degree 6 whose error is weighted by erfc/erf (1.2e-9); constant above.
     */
    static FloatVector logErfc(FloatVector x) {
        FloatVector t = x.abs();
        t = t.blend(ERF_ONE, t.compare(GT, ERF_ONE));
        FloatVector q = broadcast(-0.000188822538f);
        q = q.fma(t, broadcast(0.00297243171f));
        q = q.fma(t, broadcast(-0.0219403915f));
        q = q.fma(t, broadcast(0.103327267f));
        q = q.fma(t, broadcast(0.637883186f));
        q = q.fma(t, broadcast(1.12725139f));
        q = q.fma(t, broadcast(0.000300440646f));
        return q.neg();
    }

    /** {@link Activation#QUICK_GELU}. */
    static FloatVector quickGelu(FloatVector x) {
        return x.div(exp(x.mul(-1.702f)).add(1f));
    }

    /** The derivative of {@link #quickGelu}: with {@code s = sigmoid(1.702 x)}, {@code s + 1.702 x s (1 - s)}. */
    static FloatVector quickGeluSlope(FloatVector x) {
        FloatVector one = broadcast(1f);
        FloatVector sigmoid = one.div(exp(x.mul(-1.702f)).add(1f));
        return one.sub(sigmoid).mul(x.mul(1.702f)).fma(sigmoid, sigmoid);
    }

    /**
     * The sum of a vector's lanes, which are changed: halves added lane by lane until one is left. {@code reduceLanes(ADD)}
     * leaves the order open, and interpreter and compiler do choose different ones. Not of a vector: after as many vector
     * operations as a loop may have before it C2 inlines no more, and what is handed over becomes an object.
     */
    static float sum(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[half + i];
            }
        }
        return lanes[0];
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(F, value);
    }
}
