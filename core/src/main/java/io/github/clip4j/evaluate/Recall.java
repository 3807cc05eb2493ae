package io.github.clip4j.evaluate;

import java.util.Arrays;

/**
 * How early retrieval finds a right answer.
 *
 * @param at1 the share of queries whose first answer is right
 * @param at5 the share of queries with a right one among the first five
 * @param at10 the same for ten
 * @param medianRank of each query's first right answer, counted from 1
 */
public record Recall(double at1, double at5, double at10, double medianRank) {
    /** @param ranks of each query's first right answer, counted from 0 */
    static Recall of(int[] ranks) {
        int[] sorted = ranks.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
        return new Recall(below(1, ranks), below(5, ranks), below(10, ranks), median + 1);
    }

    /** The share of ranks below k. */
    static double below(int k, int[] ranks) {
        return (double) Arrays.stream(ranks).filter(rank -> rank < k).count() / ranks.length;
    }
}
