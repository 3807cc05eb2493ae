package io.github.clip4j.cli.serve;

import com.fasterxml.jackson.annotation.JsonAlias;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.Prediction;
import io.github.clip4j.checkpoint.Calibration;
import java.util.ArrayList;
import java.util.List;

/** Tells how well labels fit an image. */
final class ClassifyAction implements Action {
    static final int MAX_LABELS = 1000;
    private static final int MAX_TEMPLATES = 10;

    private final ServedModel model;
    private final Album album;
    private final Embeddings embeddings;

    ClassifyAction(ServedModel model, Album album, Embeddings embeddings) {
        this.model = model;
        this.album = album;
        this.embeddings = embeddings;
    }

    record Query(String image, @JsonAlias("label") List<String> labels, List<String> template, boolean none) {
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
        List<String> templates = query.template.isEmpty() ? List.of(model.template()) : query.template;
        ApiException.blamed(() -> {
            LabelEmbeddings.check(query.labels, templates);
            return null;
        });
        if (query.none && model.calibration().isEmpty()) {
            throw ApiException.badRequest("\"none\": the model has no " + Calibration.FILE);
        }
        float[] image;
        try (Picture picture = album.picture(exchange, query.image)) {
            image = embeddings.image(picture, exchange.deadline());
        }
        List<LabelEmbeddings> prompts = new ArrayList<>();
        for (String each : templates) {
            List<String> texts = query.labels.stream().map(label -> each.replace("{}", label)).toList();
            prompts.add(new LabelEmbeddings(query.labels, embeddings.texts(texts, exchange.deadline())));
        }
        LabelEmbeddings labels = LabelEmbeddings.ensemble(prompts);
        List<Prediction> predictions = query.none
                ? model.clip().classify(image, labels, model.calibration().orElseThrow())
                : model.clip().classify(image, labels);
        exchange.json(new Answer(predictions.stream()
                .map(prediction -> new Guess(prediction.label(), prediction.probability())).toList()));
    }
}
