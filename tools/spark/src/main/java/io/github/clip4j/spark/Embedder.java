package io.github.clip4j.spark;

import io.github.clip4j.Clip;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.webdataset.ImageContent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Embeds a batch; what is at fault in it has a reason for a vector, and the others are not touched by it. */
record Embedder(Clip clip) {
    /** Images or texts that are embedded together. */
    static final int BATCH = 32;

    private static final ImageDecoder DECODER = new ImageDecoder();

    /**
     * An image.
     *
     * @param name for messages
     */
    record Image(String name, ImageContent content) {}

    /** @param images null where there is none */
    List<Embedding> images(List<Image> images) {
        List<Embedding> faults = new ArrayList<>();
        List<RgbImage> crops = new ArrayList<>();
        for (Image image : images) {
            Embedding fault = image == null ? Embedding.OF_NOTHING : null;
            if (image != null) {
                try {
                    crops.add(clip.preprocessor().crop(DECODER.decode(image.content().read(), image.name())));
                } catch (ImageException e) {
                    fault = Embedding.failed(e);
                }
            }
            faults.add(fault);
        }
        return merge(faults, clip.embedCrops(crops));
    }

    /** @param texts null where there is none */
    List<Embedding> texts(List<String> texts) {
        List<Embedding> faults = new ArrayList<>();
        List<int[]> tokens = new ArrayList<>();
        for (String text : texts) {
            Embedding fault = text == null ? Embedding.OF_NOTHING : null;
            if (text != null) {
                try {
                    tokens.add(clip.tokenize(text));
                } catch (IllegalArgumentException e) {
                    fault = Embedding.failed(e);
                }
            }
            faults.add(fault);
        }
        return merge(faults, clip.embedTokens(tokens));
    }

    /** @param faults null where there is a vector */
    private static List<Embedding> merge(List<Embedding> faults, List<float[]> vectors) {
        Iterator<float[]> vector = vectors.iterator();
        return faults.stream().map(fault -> fault == null ? new Embedding(vector.next(), null) : fault).toList();
    }
}
