package io.github.clip4j.springai;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The example of the module's README: how well a sentence fits the picture that is posted. */
@SpringBootApplication
@RestController
class PhotoApplication {
    private final EmbeddingModel texts;
    private final DocumentEmbeddingModel images;

    PhotoApplication(EmbeddingModel texts, DocumentEmbeddingModel images) {
        this.texts = texts;
        this.images = images;
    }

    @PostMapping("/fit")
    double fit(@RequestParam("text") String text, @RequestBody byte[] photo) throws IOException {
        Document image = new Document(new Media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(photo)), Map.of());
        float[] a = texts.embed(text);
        float[] b = images.call(new DocumentEmbeddingRequest(List.of(image))).getResult().getOutput();
        double cosine = 0;
        for (int i = 0; i < a.length; i++) {
            cosine += (double) a[i] * b[i];
        }
        return cosine;
    }
}
