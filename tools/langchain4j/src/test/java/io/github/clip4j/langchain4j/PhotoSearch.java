package io.github.clip4j.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import java.nio.file.Path;
import java.util.List;

/** The example of the module's README: photographs in a store in memory, found by a sentence and by another photograph. */
final class PhotoSearch {
    private final ClipEmbeddingModel model;
    private final InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();

    PhotoSearch(ClipEmbeddingModel model, List<Path> photos) {
        this.model = model;
        List<Embedding> embeddings = model.embed(EmbeddingRequest.builder()
                .inputs(photos.stream().map(PhotoSearch::input).toList()).build()).embeddings();
        store.addAll(embeddings,
                photos.stream().map(photo -> TextSegment.from(photo.getFileName().toString())).toList());
    }

    private static EmbeddingInput input(Path photo) {
        return EmbeddingInput.from(ImageContent.from(photo.toUri()));
    }

    String find(String sentence) {
        return find(model.embed(sentence).content());
    }

    String find(Path photo) {
        return find(
                model.embed(EmbeddingRequest.builder().inputs(List.of(input(photo))).build()).embeddings().getFirst());
    }

    private String find(Embedding query) {
        return store.search(EmbeddingSearchRequest.builder().queryEmbedding(query).maxResults(1).build()).matches()
                .getFirst().embedded().text();
    }
}
