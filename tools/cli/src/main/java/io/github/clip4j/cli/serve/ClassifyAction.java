package io.github.clip4j.cli.serve;

import com.fasterxml.jackson.annotation.JsonAlias;
import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import java.util.ArrayList;
import java.util.List;

/** Tells how well labels fit an image. */
final class ClassifyAction implements Action {
    static final int MAX_LABELS = 1000;
    private static final int MAX_TEMPLATES = 10;

    private final Clip clip;
    private final String template;
    private final Album album;
    private final Embeddings embeddings;

    /** @param template of prompts where a request has none */
    ClassifyAction(Clip clip, String template, Album album, Embeddings embeddings) {
        this.clip = clip;
        this.template = template;
        this.album = album;
        this.embeddings = embeddings;
    }

    record Query(String image, @JsonAlias("label") List<String> labels, List<String> template) {
        Query {
            labels = Texts.checked("labels", labels, MAX_LABELS);
            template = Texts.checked("template", template, MAX_TEMPLATES);
        }
    }

    record Answer(List<Guess> predictions) {}

    record Guess(String label, double probability) {}

    @Override
    public void answer(Exchange exchange) {
        Query query = exchange.options(Query.class);
        List<String> templates = query.template.isEmpty() ? List.of(template) : query.template;
        ApiException.blamed(() -> {
            LabelEmbeddings.check(query.labels, templates);
            return null;
        });
        float[] image;
        try (Picture picture = album.picture(exchange, query.image)) {
            image = embeddings.image(picture, exchange.deadline());
        }
        List<LabelEmbeddings> prompts = new ArrayList<>();
        for (String each : templates) {
            List<String> texts = query.labels.stream().map(label -> each.replace("{}", label)).toList();
            prompts.add(new LabelEmbeddings(query.labels, embeddings.texts(texts, exchange.deadline())));
        }
        exchange.json(new Answer(clip.classify(image, LabelEmbeddings.ensemble(prompts)).stream()
                .map(prediction -> new Guess(prediction.label(), prediction.probability())).toList()));
    }
}
