package io.github.clip4j.springai;

import io.github.clip4j.Clip;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.EmbeddingResultMetadata;
import org.springframework.ai.embedding.EmbeddingResultMetadata.ModalityType;
import org.springframework.util.MimeTypeUtils;

/** CLIP as a {@link DocumentEmbeddingModel}: documents of texts, and of {@code Media} that are images. */
public final class ClipDocumentEmbeddingModel implements DocumentEmbeddingModel {
    private final Clip clip;
    private final String name;
    private final DocumentVectors documents;

    /** @param name of the model, for responses */
    public ClipDocumentEmbeddingModel(Clip clip, String name) {
        this.clip = clip;
        this.name = name;
        this.documents = new DocumentVectors(clip);
    }

    /** @throws IllegalArgumentException naming the document that is neither a text nor an image that can be embedded */
    @Override
    public EmbeddingResponse call(DocumentEmbeddingRequest request) {
        List<Document> given = request.getInstructions();
        List<float[]> vectors = documents.of(given);
        List<Embedding> embeddings = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            embeddings.add(new Embedding(vectors.get(i), i, metadata(given.get(i))));
        }
        return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata(name, new EmptyUsage()));
    }

    private static EmbeddingResultMetadata metadata(Document document) {
        return document.isText()
                ? new EmbeddingResultMetadata(document.getId(), ModalityType.TEXT, MimeTypeUtils.TEXT_PLAIN,
                        document.getText())
                : new EmbeddingResultMetadata(document.getId(), ModalityType.IMAGE, document.getMedia().getMimeType(),
                        document.getMedia().getData());
    }

    @Override
    public int dimensions() {
        return clip.dimension();
    }
}
