package io.github.clip4j.train;

import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * Why an image and a text fit each other.
 *
 * @param cosine of their embeddings
 * @param region what the model sees of the image, see {@link io.github.clip4j.image.ImagePreprocessor#region}
 * @param grid patches side by side in the model's crop of the image
 * @param window patches side by side in a window
 * @param windows cosine of the text and each square window of patches seen alone, row by row:
 *        {@code grid - window + 1} side by side
 * @param attention of each patch, row by row: its part in the image's embedding that speaks for the text, by
 *        gradient-weighted attention; 0 or more
 * @param words of the text
 */
public record Explanation(double cosine, Rectangle2D region, int grid, int window, double[] windows, double[] attention,
        List<Word> words) {
    /**
     * A word, as the tokenizer has it.
     *
     * @param attention its share in what of the text speaks for the image, by gradient-weighted attention
     * @param omission by how much the cosine is lower without the word
     */
    public record Word(String text, double attention, double omission) {}
}
