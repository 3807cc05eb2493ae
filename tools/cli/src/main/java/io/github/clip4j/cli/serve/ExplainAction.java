package io.github.clip4j.cli.serve;

import io.github.clip4j.cli.serve.FindAction.Box;
import io.github.clip4j.find.Findings;
import io.github.clip4j.find.HeatMap;
import io.github.clip4j.find.Match;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.train.Explainer;
import io.github.clip4j.train.Explanation;
import java.util.List;
import java.util.function.Supplier;

/** Tells why an image and a text fit each other. */
final class ExplainAction implements Action, AutoCloseable {
    private static final int PLACES = 3;

    private final Supplier<Explainer> open;
    private final ImageDecoder decoder;
    private final Album album;
    private final Workers finder;
    private Explainer explainer; // once it was needed

    /**
     * @param open holds the weights a second time, so it is not done before somebody asks
     * @param finder one thread, as for finding
     */
    ExplainAction(Supplier<Explainer> open, ImageDecoder decoder, Album album, Workers finder) {
        this.open = open;
        this.decoder = decoder;
        this.album = album;
        this.finder = finder;
    }

    record Query(String image, String text) {
        Query {
            text = Texts.required("text", text);
        }
    }

    record Answer(int width, int height, double cosine, List<Word> words, List<Box> boxes, String heatMap) {}

    record Word(String text, double omission) {}

    @Override
    public void answer(Exchange exchange) {
        Query query = exchange.options(Query.class);
        Deadline deadline = exchange.deadline();
        try (Picture picture = album.picture(exchange, query.image)) {
            exchange.json(finder.run(deadline, () -> picture.read(file -> explain(decoder.decode(file), query.text))));
        }
    }

    private Answer explain(RgbImage image, String text) {
        Explainer explaining = explainer();
        Explanation explanation = ApiException.blamed(() -> explaining.explain(image, text));
        Findings findings = Findings.ofGrid(image, explanation.region(), explanation.grid(),
                explanation.window(), explanation.windows());
        List<Match> best = findings.top(PLACES);
        return new Answer(image.width(), image.height(), explanation.cosine(),
                explanation.words().stream().map(word -> new Word(word.text(), word.omission())).toList(),
                best.stream().map(FindAction::box).toList(), FindAction.dataUrl(HeatMap.draw(findings, best)));
    }

    private synchronized Explainer explainer() {
        if (explainer == null) {
            explainer = open.get();
        }
        return explainer;
    }

    @Override
    public synchronized void close() {
        if (explainer != null) {
            explainer.close();
        }
    }
}
