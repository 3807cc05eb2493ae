package io.github.clip4j.tokenizer;

import java.util.Arrays;

/**
 * The merges of a byte-pair encoding: a hash table with open addressing from a pair of token ids to rank and result.
 */
final class MergeTable {
    static final int NONE = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] mergedIds;
    private int size;

    MergeTable(int merges) {
        int slots = Integer.highestOneBit(Math.max(1, merges)) * 4; // at most half full, so that searches stay short
        pairs = new long[slots];
        ranks = new int[slots];
        mergedIds = new int[merges];
        Arrays.fill(ranks, NONE);
    }

    /** Adds the merge with the next rank. A pair that is there already keeps its rank. */
    void add(int left, int right, int mergedId) {
        int slot = slot(left, right);
        if (ranks[slot] == NONE) {
            pairs[slot] = pair(left, right);
            ranks[slot] = size;
        }
        mergedIds[size++] = mergedId;
    }

    /** The rank of the merge of two tokens, the lowest to be applied first; {@link #NONE} where they do not merge. */
    int rank(int left, int right) {
        return ranks[slot(left, right)];
    }

    /** The id of the token that the merge of this rank makes. */
    int mergedId(int rank) {
        return mergedIds[rank];
    }

    /** Where the pair is, or the free slot where it would be. */
    private int slot(int left, int right) {
        long pair = pair(left, right);
        long hash = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (hash >>> 32) & pairs.length - 1;
        while (ranks[slot] != NONE && pairs[slot] != pair) {
            slot = slot + 1 & pairs.length - 1;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
