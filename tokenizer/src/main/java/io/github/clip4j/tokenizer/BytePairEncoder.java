package io.github.clip4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * Byte-pair encoding of one word: from the symbols of its UTF-8 bytes, the adjacent pair whose merge has the lowest
 * rank becomes one token, the leftmost first, until no pair merges. O(n log n) in the length of the word.
 *
 * <p>Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016).
 */
final class BytePairEncoder {
    private final Vocabulary vocabulary;

    BytePairEncoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Appends the ids of a word that is not empty. */
    void encode(String word, IntStream.Builder out) {
        Pieces pieces = new Pieces(word.getBytes(StandardCharsets.UTF_8));
        pieces.merge();
        for (int i = 0; i < pieces.next.length; i = pieces.next[i]) {
            out.add(pieces.ids[i]);
        }
    }

    /** A linked list of the tokens of a word; each is known by the position of its first byte. */
    private final class Pieces {
        final int[] ids;
        final int[] next;
        final int[] previous;
        /** Pairs that merge, as rank * 2^32 + position; some are outdated by the time they come up. */
        final LongHeap candidates;

        Pieces(byte[] bytes) {
            int n = bytes.length;
            ids = new int[n];
            next = new int[n];
            previous = new int[n];
            candidates = new LongHeap(n);
            for (int i = 0; i < n; i++) {
                ids[i] = vocabulary.byteId(bytes[i], i == n - 1);
                next[i] = i + 1;
                previous[i] = i - 1;
            }
            for (int i = 0; i < n; i++) {
                addCandidate(i);
            }
        }

        void merge() {
            while (!candidates.isEmpty()) {
                long candidate = candidates.poll();
                int rank = (int) (candidate >>> 32);
                int left = (int) candidate;
                if (rank(left) != rank) {
                    continue; // one of the two has been merged with another since
                }
                int right = next[left];
                ids[left] = vocabulary.merges().mergedId(rank);
                ids[right] = MergeTable.NONE;
                next[left] = next[right];
                if (next[left] < next.length) {
                    previous[next[left]] = left;
                }
                addCandidate(left);
                if (left > 0) {
                    addCandidate(previous[left]);
                }
            }
        }

        private void addCandidate(int left) {
            int rank = rank(left);
            if (rank != MergeTable.NONE) {
                candidates.add((long) rank << 32 | left);
            }
        }

        private int rank(int left) {
            return next[left] < next.length ? vocabulary.merges().rank(ids[left], ids[next[left]]) : MergeTable.NONE;
        }
    }
}
