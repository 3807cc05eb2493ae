package io.github.clip4j.train;

/**
 * How good a model is on pairs that it was not trained on.
 *
 * @param loss the contrastive loss, the mean over batches weighted by their pairs
 * @param imageAccuracy share of the images whose most similar text in the batch is their own
 * @param textAccuracy share of the texts whose most similar image in the batch is their own
 * @param zeroShotTop1 share of the images whose most similar class is their own; NaN where no classes are given
 */
public record Score(double loss, double imageAccuracy, double textAccuracy, double zeroShotTop1) {}
