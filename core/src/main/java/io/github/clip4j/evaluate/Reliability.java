package io.github.clip4j.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether answers are right as often as their probabilities say (Guo et al., On Calibration of Modern Neural Networks,
 * 2017).
 *
 * @param bins those that have answers, from the least to the most probable
 */
public record Reliability(List<Bin> bins) {
    /** Bins of equal width. */
    public static final int BINS = 15;

    /**
     * Answers of about the same probability.
     *
     * @param index from 0 to {@link #BINS} - 1
     * @param confidence their mean probability
     * @param accuracy the share of them that is right
     */
    public record Bin(int index, int answers, double confidence, double accuracy) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    static Reliability of(double[] confidence, boolean[] right) {
        int[] answers = new int[BINS];
        int[] rightOnes = new int[BINS];
        double[] sums = new double[BINS];
        for (int i = 0; i < confidence.length; i++) {
            int bin = Math.clamp((int) (BINS * confidence[i]), 0, BINS - 1);
            answers[bin]++;
            rightOnes[bin] += right[i] ? 1 : 0;
            sums[bin] += confidence[i];
        }
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            if (answers[i] > 0) {
                bins.add(new Bin(i, answers[i], sums[i] / answers[i], (double) rightOnes[i] / answers[i]));
            }
        }
        return new Reliability(bins);
    }

    /** How many answers there are. */
    public int answers() {
        return bins.stream().mapToInt(Bin::answers).sum();
    }

    /** The share of right answers. */
    public double accuracy() {
        return bins.stream().mapToDouble(bin -> bin.answers * bin.accuracy).sum() / answers();
    }

    /** The expected calibration error, {@code Σ answers |accuracy - confidence| / Σ answers} over the bins. */
    public double error() {
        return bins.stream().mapToDouble(bin -> bin.answers * Math.abs(bin.accuracy - bin.confidence)).sum()
                / answers();
    }
}
