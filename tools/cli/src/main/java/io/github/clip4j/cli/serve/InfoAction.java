package io.github.clip4j.cli.serve;

import io.github.clip4j.search.Relevance;

/** Tells what is served and within which limits. */
final class InfoAction implements Action {
    private final ServerSettings settings;
    private final ServedModel model;
    private final Album album;

    InfoAction(ServerSettings settings, ServedModel model, Album album) {
        this.settings = settings;
        this.model = model;
        this.album = album;
    }

    /**
     * @param images null without an index
     * @param minRelevance from which on {@code clip search} takes an image to fit
     */
    record Answer(String model, int dimension, Integer images, String template, double minRelevance, Limits limits) {}

    record Limits(long bodyBytes, long pixels, double seconds, int requests, int textLength, int labels, int top) {}

    @Override
    public void answer(Exchange exchange) {
        exchange.json(new Answer(model.name(), model.clip().dimension(), album.size().orElse(null), model.template(),
                Relevance.DEFAULT,
                new Limits(settings.maxBody(), settings.maxPixels(), settings.timeout().toMillis() / 1000.0,
                        settings.maxRequests(), Texts.MAX_LENGTH, ClassifyAction.MAX_LABELS, SearchAction.MAX_TOP)));
    }
}
