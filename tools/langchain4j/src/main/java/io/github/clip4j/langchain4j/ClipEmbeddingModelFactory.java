package io.github.clip4j.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;

/** What LangChain4j finds by itself where no model is given: the one that the system property {@code clip4j.model} names. */
public final class ClipEmbeddingModelFactory implements EmbeddingModelFactory {
    private static final String MODEL = "clip4j.model";

    @Override
    public EmbeddingModel create() {
        String model = System.getProperty(MODEL);
        if (model == null) {
            throw new IllegalStateException("-D" + MODEL + ": expected a model folder or a name such as "
                    + "openai/clip-vit-base-patch32; or give a ClipEmbeddingModel of your own");
        }
        return ClipEmbeddingModel.builder().model(model).build();
    }
}
