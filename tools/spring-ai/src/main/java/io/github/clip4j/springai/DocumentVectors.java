package io.github.clip4j.springai;

import io.github.clip4j.Clip;
import io.github.clip4j.MixedBatch;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.util.List;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;

/** Documents to vectors, those of texts and those of images each in one go. */
record DocumentVectors(Clip clip) {
    /** @throws IllegalArgumentException naming the document that is neither a text nor an image that can be embedded */
    List<float[]> of(List<Document> documents) {
        MixedBatch batch = new MixedBatch(clip);
        for (Document document : documents) {
            try {
                if (document.isText()) {
                    batch.add(document.getText());
                } else {
                    batch.add(image(document.getMedia()));
                }
            } catch (IllegalArgumentException | ImageException | CheckpointException e) {
                throw new IllegalArgumentException("document " + document.getId() + ": " + e.getMessage(), e);
            }
        }
        return batch.embed();
    }

    private static RgbImage image(Media media) {
        if (!media.getMimeType().getType().equals("image")) {
            throw new IllegalArgumentException("media of the type " + media.getMimeType() + ", expected an image");
        }
        if (!(media.getData() instanceof byte[] bytes)) {
            throw new IllegalArgumentException("media by address are not fetched; give the bytes, as in "
                    + "new Media(type, resource)");
        }
        return new ImageDecoder().decode(bytes, "media " + media.getName());
    }
}
