package example;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.store.embedding.CosineSimilarity;
import io.github.clip4j.langchain4j.ClipEmbeddingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which of some images fits a sentence best: MODEL SENTENCE IMAGE... */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        try (ClipEmbeddingModel model = ClipEmbeddingModel.builder().model(args[0]).build()) {
            Embedding sentence = model.embed(args[1]).content();
            List<EmbeddingInput> images = new ArrayList<>();
            for (int i = 2; i < args.length; i++) {
                images.add(EmbeddingInput.from(ImageContent.from(Path.of(args[i]).toUri())));
            }
            List<Embedding> embeddings = model.embed(EmbeddingRequest.builder().inputs(images).build()).embeddings();
            for (int i = 2; i < args.length; i++) {
                System.out.println(args[i] + " " + CosineSimilarity.between(sentence, embeddings.get(i - 2)));
            }
        }
    }
}
