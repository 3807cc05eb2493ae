package io.github.clip4j.train;

/**
 * The learning rate over a run: up from 0 in a straight line for the first steps, then down to 0 at the end of the run.
 * Step s, counted from 0, is taken with
 *
 * <pre>
 * peak * s / warmupSteps                      s &lt; warmupSteps
 * peak * decay((s - warmupSteps) / (steps - warmupSteps))
 *
 * LINEAR    decay(x) = 1 - x
 * COSINE    decay(x) = (1 + cos(π x)) / 2
 * CONSTANT  decay(x) = 1
 * </pre>
 *
 * @param peak the largest learning rate
 * @param steps of the whole run, warm-up included; later steps have the learning rate of its end
 */
public record Schedule(Decay decay, double peak, long warmupSteps, long steps) {
    /** What comes after the warm-up. */
    public enum Decay {
        LINEAR, COSINE, CONSTANT
    }

    /** @throws IllegalArgumentException naming what is out of bounds */
    public Schedule {
        if (!(peak > 0 && peak < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learning rate is " + peak + ", expected more than 0");
        }
        if (steps < 1) {
            throw new IllegalArgumentException("a run of " + steps + " steps, expected 1 or more");
        }
        if (warmupSteps < 0 || warmupSteps > steps) {
            throw new IllegalArgumentException("warm-up of " + warmupSteps
                    + " steps, expected 0 to the steps of the whole run, " + steps);
        }
    }

    /** The learning rate of a step, counted from 0. */
    public double learningRate(long step) {
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        double x = step < steps ? (double) (step - warmupSteps) / (steps - warmupSteps) : 1;
        return switch (decay) {
            case LINEAR -> peak * (1 - x);
            case COSINE -> peak * (1 + Math.cos(Math.PI * x)) / 2;
            case CONSTANT -> peak;
        };
    }
}
