package io.github.clip4j;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.image.RgbImage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Texts and images in any order, embedded together: all texts in one go and all images in one. Of an image only its crop is
 * kept. To be used from one thread.
 */
public final class MixedBatch {
    private final Clip clip;
    private final List<int[]> texts = new ArrayList<>();
    private final List<RgbImage> crops = new ArrayList<>();
    /** Of each item in order, whether it is a text. */
    private final List<Boolean> isText = new ArrayList<>();

    public MixedBatch(Clip clip) {
        this.clip = clip;
    }

    /**
     * @throws IllegalArgumentException if the text is longer than the model's context and the options do not truncate
     * @throws CheckpointException if the model has no text tower
     */
    public void add(String text) {
        texts.add(clip.tokenize(text));
        isText.add(true);
    }

    /** @throws CheckpointException if the model has no image tower */
    public void add(RgbImage image) {
        crops.add(clip.preprocessor().crop(image));
        isText.add(false);
    }

    /** Tokens of all texts so far. */
    public int tokens() {
        return texts.stream().mapToInt(ids -> ids.length).sum();
    }

    /** Unit vectors of all that was added, in that order. */
    public List<float[]> embed() {
        Iterator<float[]> ofTexts = clip.embedTokens(texts).iterator();
        Iterator<float[]> ofImages = clip.embedCrops(crops).iterator();
        return isText.stream().map(text -> text ? ofTexts.next() : ofImages.next()).toList();
    }
}
