package io.github.clip4j.springai;

import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.CheckpointException;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * CLIP as an {@link EmbeddingModel}: texts to unit vectors, the same bits as {@link Clip} gives, those of a request
 * together. A document of an image becomes the image's vector, so both can be kept in one vector store.
 *
 * <p>A text that is longer than the model takes is an {@link IllegalArgumentException}.
 */
public final class ClipEmbeddingModel implements EmbeddingModel {
    static final String PROVIDER = "clip4j";
    private static final EmbeddingModelObservationConvention CONVENTION = new DefaultEmbeddingModelObservationConvention();

    private final Clip clip;
    private final String name;
    private final ObservationRegistry observations;
    private final DocumentVectors documents;

    /** @param name of the model, for responses and observations */
    public ClipEmbeddingModel(Clip clip, String name, ObservationRegistry observations) {
        this.clip = clip;
        this.name = name;
        this.observations = observations;
        this.documents = new DocumentVectors(clip);
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        EmbeddingOptions asked = request.getOptions();
        if (asked != null && asked.getDimensions() != null && asked.getDimensions() != dimensions()) {
            throw new IllegalArgumentException("dimensions: expected those of the model, " + dimensions() + ", found "
                    + asked.getDimensions());
        }
        EmbeddingRequest complete = new EmbeddingRequest(request.getInstructions(),
                EmbeddingOptions.builder().model(name).dimensions(dimensions()).build());
        var context = EmbeddingModelObservationContext.builder().embeddingRequest(complete).provider(PROVIDER).build();
        return EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(null, CONVENTION, () -> context, observations).observe(() -> {
                    EmbeddingResponse response = embedded(complete.getInstructions());
                    context.setResponse(response);
                    return response;
                });
    }

    private EmbeddingResponse embedded(List<String> texts) {
        try {
            List<int[]> ids = texts.stream().map(clip::tokenize).toList();
            List<float[]> vectors = clip.embedTokens(ids);
            List<Embedding> embeddings = new ArrayList<>(vectors.size());
            for (int i = 0; i < vectors.size(); i++) {
                embeddings.add(new Embedding(vectors.get(i), i));
            }
            int tokens = ids.stream().mapToInt(text -> text.length).sum();
            return new EmbeddingResponse(embeddings,
                    new EmbeddingResponseMetadata(name, new DefaultUsage(tokens, 0)));
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public float[] embed(Document document) {
        return document.isText()
                ? embed(getEmbeddingContent(document))
                : documents.of(List.of(document)).getFirst();
    }

    @Override
    public int dimensions() {
        return clip.dimension();
    }
}
