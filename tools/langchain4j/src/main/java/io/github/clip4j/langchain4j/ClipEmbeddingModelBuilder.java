package io.github.clip4j.langchain4j;

import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.hub.HubException;
import java.nio.file.Path;
import java.util.List;

/** How a {@link ClipEmbeddingModel} is opened. */
public final class ClipEmbeddingModelBuilder {
    String model;
    ClipOptions options = ClipOptions.DEFAULT;
    String template = "{}";
    boolean network;
    List<EmbeddingModelListener> listeners = List.of();
    private Path path;

    ClipEmbeddingModelBuilder() {}

    /** A model folder or file, or a name on the Hugging Face hub, which is fetched unless it is in the cache. */
    public ClipEmbeddingModelBuilder model(String folderOrName) {
        this.model = folderOrName;
        this.path = null;
        return this;
    }

    /** A model folder or file. */
    public ClipEmbeddingModelBuilder model(Path folder) {
        this.model = folder.toString();
        this.path = folder;
        return this;
    }

    /** Threads that all work of the model is spread over (default: as many as there are processors). */
    public ClipEmbeddingModelBuilder threads(int count) {
        this.options = options.withThreads(count);
        return this;
    }

    /** Whether a text longer than the model's context is cut off; otherwise it is an error (default). */
    public ClipEmbeddingModelBuilder truncate(boolean cut) {
        this.options = options.withTruncate(cut);
        return this;
    }

    /** All options of the model at once: tokenizer, limits on images, activation. */
    public ClipEmbeddingModelBuilder options(ClipOptions all) {
        this.options = all;
        return this;
    }

    /** What is made of each text, {@code "a photo of {}"}, the text in place of the braces (default: the text alone). */
    public ClipEmbeddingModelBuilder template(String withBraces) {
        if (!withBraces.contains("{}")) {
            throw new IllegalArgumentException("template \"" + withBraces + "\": expected {} for the text");
        }
        this.template = withBraces;
        return this;
    }

    /**
     * Whether images by http and https addresses are fetched (default: no); redirects, time and size are bounded, the
     * addresses are not: who may name any reaches what this machine reaches.
     */
    public ClipEmbeddingModelBuilder allowNetwork(boolean allowed) {
        this.network = allowed;
        return this;
    }

    /** Told of each request. */
    public ClipEmbeddingModelBuilder listeners(List<EmbeddingModelListener> all) {
        this.listeners = all;
        return this;
    }

    /**
     * Opens the model.
     *
     * @throws IllegalArgumentException if none is named
     * @throws HubException if there is no such model, or it is not to be had
     * @throws CheckpointException if it cannot be read
     */
    public ClipEmbeddingModel build() {
        if (model == null || model.isBlank()) {
            throw new IllegalArgumentException("model: expected a model folder or a name such as "
                    + "openai/clip-vit-base-patch32, found nothing");
        }
        return new ClipEmbeddingModel(path == null ? Clip.open(model, options) : Clip.open(path, options), this);
    }
}
