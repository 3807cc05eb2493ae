package io.github.clip4j.cli.serve;

import io.github.clip4j.Clip;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.RgbImage;
import java.util.List;

/** Vectors of what requests bring, computed together. */
public final class Embeddings {
    private final Clip clip;
    private final ImageDecoder decoder;
    private final Workers workers;
    private final Embedder embedder;

    Embeddings(Clip clip, ImageDecoder decoder, Workers workers, Embedder embedder) {
        this.clip = clip;
        this.decoder = decoder;
        this.workers = workers;
        this.embedder = embedder;
    }

    /** @throws ApiException if a text is longer than the model takes */
    List<float[]> texts(List<String> texts, Deadline deadline) {
        List<int[]> ids = ApiException.blamed(() -> texts.stream().map(clip::tokenize).toList());
        return deadline.await(embedder.texts(ids));
    }

    /** @throws ApiException if the image is at fault, or the model takes none */
    float[] image(Picture picture, Deadline deadline) {
        ImagePreprocessor preprocessor = ApiException.blamed(clip::preprocessor);
        RgbImage crop = workers.run(deadline, () -> picture.read(file -> preprocessor.crop(decoder.decode(file))));
        return deadline.await(embedder.image(crop));
    }
}
