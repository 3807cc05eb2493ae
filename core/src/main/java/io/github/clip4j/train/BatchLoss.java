package io.github.clip4j.train;

/**
 * How well the images and texts of a batch find each other. A text that is the same as another one, id by id, stands
 * for both, so that a prompt that many images share is no mistake.
 *
 * @param loss the contrastive loss
 * @param imageAccuracy share of the images whose most similar text is their own
 * @param textAccuracy share of the texts whose most similar image is their own
 */
public record BatchLoss(double loss, double imageAccuracy, double textAccuracy) {}
