package io.github.clip4j.cli.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.search.CollapsedHit;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.QueryVector;
import io.github.clip4j.search.Relevance;
import io.github.clip4j.search.SearchMethod;
import io.github.clip4j.search.SearchQuery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds images by texts and images, wanted and not wanted. */
final class SearchAction implements Action {
    private static final int MAX_PARTS = 32;
    static final int MAX_TOP = 1000;
    private static final int DEFAULT_TOP = 24;

    private final Album album;
    private final ImageDecoder decoder;
    private final Log log;
    private final Embeddings embeddings;
    private final Workers workers;
    private volatile List<float[]> things; // the embeddings of Relevance.THINGS, once they were needed

    /** @param log where images are told that cannot be read any more */
    SearchAction(Album album, ImageDecoder decoder, Embeddings embeddings, Workers workers, Log log) {
        this.album = album;
        this.decoder = decoder;
        this.log = log;
        this.embeddings = embeddings;
        this.workers = workers;
    }

    /** The options; ids name images of the index. */
    record Query(List<String> texts, List<String> minusTexts, List<String> images, List<String> minusImages,
            Integer top, Double minScore, Double minRelevance, boolean collapse, String filter) {
        Query {
            texts = Texts.checked("texts", texts, MAX_PARTS);
            minusTexts = Texts.checked("minusTexts", minusTexts, MAX_PARTS);
            images = Texts.checked("images", images, MAX_PARTS);
            minusImages = Texts.checked("minusImages", minusImages, MAX_PARTS);
            top = Objects.requireNonNullElse(top, DEFAULT_TOP);
            minScore = Objects.requireNonNullElse(minScore, -1.0);
            filter = filter == null || filter.isBlank() ? null : Texts.required("filter", filter);
            if (top < 1 || top > MAX_TOP) {
                throw new IllegalArgumentException("\"top\": %d, expected 1 to %d".formatted(top, MAX_TOP));
            }
            if (minRelevance != null && !(minRelevance >= 0 && minRelevance <= 1)) {
                throw new IllegalArgumentException("\"minRelevance\": %s, expected 0 to 1".formatted(minRelevance));
            }
        }
    }

    record Answer(List<Found> hits, double milliseconds) {}

    /**
     * @param relevance null where it was not asked for
     * @param others ids of images that show the same
     */
    record Found(String id, String path, double score, @JsonInclude(JsonInclude.Include.NON_NULL) Double relevance,
            int width, int height, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> others) {}

    @Override
    public void answer(Exchange exchange) {
        long start = System.nanoTime();
        ImageIndex index = album.index();
        Query query = exchange.options(Query.class);
        Deadline deadline = exchange.deadline();
        QueryVector vector = new QueryVector();
        List<String> texts = Stream.concat(query.texts.stream(), query.minusTexts.stream()).toList();
        List<float[]> embedded = embeddings.texts(texts, deadline); // in one pass
        for (int i = 0; i < texts.size(); i++) {
            vector.add(embedded.get(i), i < query.texts.size() ? 1 : -1);
        }
        query.images.forEach(id -> vector.add(embedding(index, id), 1));
        if (exchange.isImage()) {
            try (Picture upload = album.picture(exchange, null)) {
                vector.add(embeddings.image(upload, deadline), 1);
            }
        }
        query.minusImages.forEach(id -> vector.add(embedding(index, id), -1));
        Optional<Relevance> relevance = Optional.ofNullable(query.minRelevance)
                .map(_ -> relevance(index, query, exchange.isImage(), deadline));
        SearchQuery search = ApiException.blamed(() -> new SearchQuery(vector.vector(), query.top,
                Math.max(query.minScore, relevance.map(r -> r.score(query.minRelevance)).orElse(-1.0)), query.filter,
                SearchMethod.AUTOMATIC));
        List<Hit> hits = workers.run(deadline, () -> ApiException.blamed(() -> index.search(search)));
        List<CollapsedHit> collapsed = query.collapse
                ? workers.run(deadline, () -> CollapsedHit.of(hits, index, decoder, 1, log::line))
                : hits.stream().map(hit -> new CollapsedHit(hit, List.of())).toList();
        exchange.json(new Answer(collapsed.stream().map(hit -> found(hit, relevance)).toList(),
                Math.round((System.nanoTime() - start) / 1e5) / 10.0));
    }

    private Relevance relevance(ImageIndex index, Query query, boolean isImage, Deadline deadline) {
        if (isImage || !query.images.isEmpty() || !query.minusImages.isEmpty()) {
            throw ApiException.badRequest("\"minRelevance\" is for texts alone");
        }
        if (things == null) {
            things = embeddings.texts(Relevance.THINGS, deadline);
        }
        List<Double> weights = Stream
                .concat(query.texts.stream().map(_ -> 1.0), query.minusTexts.stream().map(_ -> -1.0))
                .toList();
        return workers.run(deadline, () -> index.relevance(things, weights));
    }

    private float[] embedding(ImageIndex index, String id) {
        return index.embedding(album.image(id).path())
                .orElseThrow(() -> ApiException.notFound("there is no image " + id));
    }

    private static Found found(CollapsedHit collapsed, Optional<Relevance> relevance) {
        Hit hit = collapsed.hit();
        IndexedImage image = hit.image();
        return new Found(image.id(), image.path(), hit.score(), relevance.map(r -> r.of(hit.score())).orElse(null),
                image.width(), image.height(), collapsed.others().stream().map(IndexedImage::id).toList());
    }
}
