package io.github.clip4j.evaluate;

import io.github.clip4j.kernels.Kernels;
import java.util.List;

/**
 * Retrieval between images and their captions, of which an image may have several: any of them is a right answer for
 * the image, and each is a query of its own for it. Ties are broken by index. The protocol is that of CLIP_benchmark and
 * RemoteCLIP.
 */
public record Retrieval(Recall imageToText, Recall textToImage) {
    /**
     * Ranks all captions for each image and all images for each caption.
     *
     * @param captions embeddings, as those of the images unit vectors
     * @param imageOf the index of each caption's image
     * @throws IllegalArgumentException if there are no images, an image has no caption, or an embedding is not finite
     */
    public static Retrieval measure(List<float[]> images, List<float[]> captions, int[] imageOf, Kernels kernels) {
        if (captions.size() != imageOf.length) {
            throw new IllegalArgumentException(
                    captions.size() + " captions, but " + imageOf.length + " images of them");
        }
        boolean[] captioned = new boolean[images.size()];
        for (int image : imageOf) {
            captioned[image] = true;
        }
        for (int i = 0; i < captioned.length; i++) {
            if (!captioned[i]) {
                throw new IllegalArgumentException("image " + i + " has no caption");
            }
        }
        int[] imageRanks = new int[images.size()];
        Similarities.forEach(images, captions, kernels, (image, scores, offset) -> {
            int best = best(scores, offset, image, imageOf);
            imageRanks[image] = Similarities.rank(scores, offset, captions.size(), best);
        });
        int[] captionRanks = new int[captions.size()];
        Similarities.forEach(captions, images, kernels,
                (caption, scores, offset) -> captionRanks[caption] = Similarities
                        .rank(scores, offset, images.size(), imageOf[caption]));
        return new Retrieval(Recall.of(imageRanks), Recall.of(captionRanks));
    }

    /** The first of an image's captions in the ranking. */
    private static int best(float[] scores, int offset, int image, int[] imageOf) {
        int best = -1;
        for (int c = 0; c < imageOf.length; c++) {
            if (imageOf[c] == image && (best < 0 || scores[offset + c] > scores[offset + best])) {
                best = c;
            }
        }
        return best;
    }

    /** Mean of recall@1, 5 and 10 both ways. */
    public double meanRecall() {
        return (imageToText.at1() + imageToText.at5() + imageToText.at10()
                + textToImage.at1() + textToImage.at5() + textToImage.at10()) / 6;
    }
}
