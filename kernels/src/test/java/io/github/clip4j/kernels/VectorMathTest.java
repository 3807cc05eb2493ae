package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures the functions against float64 over the bit patterns of floats, not over an interval: every exponent counts.
 */
class VectorMathTest {
    /** A step that visits 1 in 997 of all floats, and is coprime with every power of two. */
    private static final int STEP = 997;

    @Test
    void functionsKeepTheirBounds() {
        checkAll(STEP);
    }

    @Test
    @Tag("slow")
    void functionsKeepTheirBoundsForEveryFloat() {
        checkAll(1);
    }

    private static void checkAll(int step) {
        check("exp", VectorMath::exp, Math::exp, 1.1, step);
        check("erf", VectorMathTest::erf, ScalarKernels::erf, 2, step);
    }

    private static FloatVector erf(FloatVector x) {
        return VectorMath.erf(x, VectorMath.exp(VectorMath.logErfc(x)));
    }

    @Test
    void specialValues() {
        float[] x = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, 88.7228f, 88.73f, -200};
        float[] exp = {Float.NaN, Float.POSITIVE_INFINITY, 0, 1, 1, (float) Math.exp(88.7228f),
                Float.POSITIVE_INFINITY, 0};
        float[] erf = {Float.NaN, 1, -1, -0f, 0, 1, 1, -1};
        for (int i = 0; i < x.length; i++) {
            FloatVector v = FloatVector.broadcast(Lanes.FLOATS, x[i]);
            assertTrue(ulps(VectorMath.exp(v).lane(0), exp[i]) <= 1, "exp(" + x[i] + ")");
            assertEquals(erf[i], erf(v).lane(0), "erf(" + x[i] + ")");
        }
    }

    /** The same order of summation before and after the code is compiled. */
    @Test
    void sumHasAFixedOrder() {
        Random random = new Random(1);
        float[] x = new float[Lanes.COUNT];
        for (int run = 0; run < 200_000; run++) {
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextFloat();
            }
            float sum = VectorMath.sum(x.clone());
            assertEquals(pairwise(x, 0, 1), sum, "run " + run);
        }
    }

    private static float pairwise(float[] x, int from, int step) {
        return step == x.length ? x[from] : pairwise(x, from, 2 * step) + pairwise(x, from + step, 2 * step);
    }

    private static void check(String name, UnaryOperator<FloatVector> function, DoubleUnaryOperator exact, double bound,
            int step) {
        int lanes = Lanes.COUNT;
        float[] x = new float[lanes];
        float[] y = new float[lanes];
        double worst = 0;
        float worstAt = 0;
        for (long from = Integer.MIN_VALUE; from <= Integer.MAX_VALUE; from += (long) step * lanes) {
            for (int i = 0; i < lanes; i++) {
                x[i] = Float.intBitsToFloat((int) (from + (long) step * i));
            }
            function.apply(FloatVector.fromArray(Lanes.FLOATS, x, 0)).intoArray(y, 0);
            for (int i = 0; i < lanes; i++) {
                double error = ulps(y[i], exact.applyAsDouble(x[i]));
                if (error > worst) {
                    worst = error;
                    worstAt = x[i];
                }
            }
        }
        assertTrue(worst <= bound, name + "(" + worstAt + ") is off by " + worst + " ulp");
    }

    private static double ulps(float found, double exact) {
        if (Double.isNaN(exact)) {
            return Float.isNaN(found) ? 0 : Double.POSITIVE_INFINITY;
        }
        float rounded = (float) exact;
        if (found == rounded) {
            return 0;
        }
        return Math.abs(found - exact) / Math.ulp(Math.clamp(rounded, -Float.MAX_VALUE, Float.MAX_VALUE));
    }
}
