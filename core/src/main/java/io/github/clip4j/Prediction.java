package io.github.clip4j;

/**
 * How well a label fits an image.
 *
 * @param probability softmax of the logits over all labels
 * @param logit the scaled cosine, {@code exp(logit_scale) * image · label}
 */
public record Prediction(String label, float probability, float logit) {
    /** Stands for a label where no label fits. */
    public static final String NONE = "none of these";
}
