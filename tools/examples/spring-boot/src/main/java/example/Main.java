package example;

import java.util.List;
import java.util.Map;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/** How well images fit a sentence: --spring.ai.clip4j.model=MODEL SENTENCE IMAGE... */
@SpringBootApplication
public class Main {
    public static void main(String[] args) {
        SpringApplication.run(Main.class, args).close();
    }

    @Bean
    CommandLineRunner compare(EmbeddingModel texts, DocumentEmbeddingModel images) {
        return args -> {
            List<String> names = List.of(args).stream().filter(arg -> !arg.startsWith("--")).toList();
            float[] sentence = texts.embed(names.getFirst());
            for (String name : names.subList(1, names.size())) {
                Media media = new Media(MimeTypeUtils.IMAGE_PNG, new FileSystemResource(name));
                Document document = new Document(media, Map.of());
                float[] image = images.call(new DocumentEmbeddingRequest(document)).getResult().getOutput();
                double cosine = 0;
                for (int i = 0; i < image.length; i++) {
                    cosine += image[i] * sentence[i]; // both have length 1
                }
                System.out.println(name + " " + cosine);
            }
        };
    }
}
