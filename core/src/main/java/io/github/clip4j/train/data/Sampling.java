package io.github.clip4j.train.data;

/**
 * Which pairs make the batches of an epoch. What is drawn at random follows from the seed, the number of the epoch and
 * the position in it alone, so that training goes on at any step as if it had never stopped.
 *
 * @param batch pairs in a batch
 * @param shuffle for training: each epoch in an order of its own, the last batch dropped if it is not full; otherwise, for
 *     validation, the order of the file and every pair
 * @param allCaptions whether an epoch has each image with each of its captions; otherwise each image once, with a
 *     caption drawn anew in each epoch, or the first where nothing is shuffled
 * @param wordDropout the probability that a token of a caption, but its start and end, is left out
 */
public record Sampling(int batch, boolean shuffle, boolean allCaptions, ClassPrompts prompts,
        double wordDropout, Augmentation augmentation, long seed) {
    /** @throws IllegalArgumentException if a batch has no pairs, or the word dropout is not from 0 to less than 1 */
    public Sampling {
        if (batch < 1) {
            throw new IllegalArgumentException("batch: expected 1 or more, found " + batch);
        }
        if (!(wordDropout >= 0 && wordDropout < 1)) {
            throw new IllegalArgumentException(
                    "word dropout: expected 0 or more and less than 1, found " + wordDropout);
        }
    }

    /** The same pairs in every epoch, unchanged: for validation. */
    public static Sampling inOrder(int batch, boolean allCaptions) {
        return new Sampling(batch, false, allCaptions, ClassPrompts.NONE, 0, Augmentation.NONE, 0);
    }
}
