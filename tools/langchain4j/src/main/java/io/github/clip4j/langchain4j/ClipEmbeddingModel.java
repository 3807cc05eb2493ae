package io.github.clip4j.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import io.github.clip4j.Clip;
import io.github.clip4j.MixedBatch;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.image.ImageException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * CLIP as an {@link EmbeddingModel}: texts and images to unit vectors of one space, inside this process, the same bits as
 * {@link Clip} gives. The inputs of a request are computed together. Safe to share between threads; to be closed.
 *
 * <p>What is wrong with an input, a damaged image or a text that is too long, is an {@link InvalidRequestException}.
 */
public final class ClipEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final Clip clip;
    private final String name;
    private final String template;
    private final ImageReader images;
    private final List<EmbeddingModelListener> listeners;

    ClipEmbeddingModel(Clip clip, ClipEmbeddingModelBuilder builder) {
        this.clip = clip;
        this.name = builder.model;
        this.template = builder.template;
        this.images = new ImageReader(builder.options.decoder(), builder.network);
        this.listeners = List.copyOf(builder.listeners);
    }

    public static ClipEmbeddingModelBuilder builder() {
        return new ClipEmbeddingModelBuilder();
    }

    /**
     * Vectors of the inputs, in order; each is one text or one image.
     *
     * @throws InvalidRequestException if a text is longer than the model takes, or an image cannot be read
     * @throws UnsupportedFeatureException if an input holds several contents
     */
    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        MixedBatch batch = new MixedBatch(clip);
        List<float[]> vectors;
        try {
            for (EmbeddingInput input : request.inputs()) {
                switch (content(input)) {
                    case TextContent text -> batch.add(template.replace("{}", text.text()));
                    case ImageContent image -> batch.add(images.read(image.image()));
                    case Content other -> throw new UnsupportedFeatureException(
                            "an input of the type " + other.type() + ", expected TEXT or IMAGE");
                }
            }
            vectors = batch.embed();
        } catch (ImageException | CheckpointException | IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
        return EmbeddingResponse.builder().embeddings(vectors.stream().map(Embedding::from).toList())
                .metadata(EmbeddingResponseMetadata.builder().modelName(name)
                        .tokenUsage(new TokenUsage(batch.tokens())).build())
                .build();
    }

    private static Content content(EmbeddingInput input) {
        if (input.contents().size() != 1) {
            throw new UnsupportedFeatureException("an input of " + input.contents().size()
                    + " contents, expected one: CLIP has a vector for each text and each image, give them apart");
        }
        return input.contents().getFirst();
    }

    @Override
    public CompletableFuture<EmbeddingResponse> doEmbedAsync(EmbeddingRequest request) {
        return CompletableFuture.supplyAsync(() -> doEmbed(request));
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return Set.of(ContentType.TEXT, ContentType.IMAGE);
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }

    @Override
    public int dimension() {
        return clip.dimension();
    }

    @Override
    public String modelName() {
        return name;
    }

    /** Stops the threads and releases the model's files; to be called when no call runs. */
    @Override
    public void close() {
        clip.close();
    }
}
