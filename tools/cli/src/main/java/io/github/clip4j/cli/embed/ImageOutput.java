package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.NamedImage;
import io.github.clip4j.cli.vectors.EmbeddingWriter;
import java.util.List;
import java.util.function.Consumer;

/** Where the embeddings of images go. */
interface ImageOutput extends AutoCloseable {
    /**
     * Takes some more.
     *
     * @param leftOut told of what is not taken, and why
     * @return how many were taken
     */
    int write(Clip clip, List<NamedImage> images, List<float[]> embeddings, Consumer<String> leftOut);

    /** Puts the files in their place. */
    void finish();

    @Override
    void close();

    /** One file. */
    record ToFile(EmbeddingWriter writer, boolean captions) implements ImageOutput {
        @Override
        public int write(Clip clip, List<NamedImage> images, List<float[]> embeddings, Consumer<String> leftOut) {
            for (int i = 0; i < images.size(); i++) {
                NamedImage image = images.get(i);
                writer.add(image.name(), captions
                        ? object -> object.writeStringField("caption", image.caption())
                        : null, embeddings.get(i));
            }
            return images.size();
        }

        @Override
        public void finish() {
            writer.finish();
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
