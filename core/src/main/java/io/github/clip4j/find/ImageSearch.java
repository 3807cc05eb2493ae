package io.github.clip4j.find;

import io.github.clip4j.Clip;
import io.github.clip4j.image.ImageStrips;
import io.github.clip4j.image.RgbImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Looks for what a text says inside images. A tile's score is the probability of the text against the negatives:
 * {@code 1 / (1 + Σ exp(s (v · n_i - v · t)))} with the embeddings v of the tile, t of the text and n_i of the
 * negatives, and the model's logit scale s. It is the softmax of zero-shot classification. Safe to share between
 * threads.
 */
public final class ImageSearch {
    /** What most places in most images are, if they are not what is looked for. */
    public static final List<String> NEGATIVES = List.of("a photo", "an aerial photograph", "a photo of something else",
            "background", "a texture");
    /** Tiles embedded together. */
    private static final int BATCH = 32;

    private final Clip clip;
    private final float[] text;
    private final List<float[]> negatives;

    /**
     * @param negatives texts of what else there is
     * @throws IllegalArgumentException if a text is blank or longer than the model's context, or there is no negative
     */
    public ImageSearch(Clip clip, String text, List<String> negatives) {
        if (negatives.isEmpty()) {
            throw new IllegalArgumentException("no negatives, at least one is needed");
        }
        List<String> texts = new ArrayList<>(negatives);
        texts.addFirst(text);
        if (texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("the text to find, or a negative, is empty");
        }
        List<float[]> embeddings = clip.embedTexts(texts);
        this.clip = clip;
        this.text = embeddings.getFirst();
        this.negatives = embeddings.subList(1, embeddings.size());
    }

    /**
     * Scores all tiles of an image. While some are embedded, the next are read, cut and cropped.
     *
     * @param tiling of the image's size
     * @param progress is told the number of tiles of each batch that is done
     * @throws io.github.clip4j.image.ImageException if the image is broken
     * @throws IllegalArgumentException if the tiling takes too much memory, or is of another size
     */
    public Findings search(ImageStrips image, Tiling tiling, IntConsumer progress) {
        if (tiling.width() != image.width() || tiling.height() != image.height()) {
            throw new IllegalArgumentException("a tiling of %d x %d for an image of %d x %d".formatted(tiling.width(),
                    tiling.height(), image.width(), image.height()));
        }
        try (Batches batches = new Batches(progress)) {
            Pyramid pyramid = new Pyramid(tiling, clip.preprocessor().size(), batches::add);
            image.forEach(pyramid::add);
            return new Findings(image.width(), image.height(), batches.finish(), pyramid.overview());
        }
    }

    /** Tiles, cropped by who adds them and scored on another thread: one batch, while the next is gathered. */
    private final class Batches implements AutoCloseable {
        private final IntConsumer progress;
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final List<Match> matches = new ArrayList<>();
        private CompletableFuture<List<Match>> running = CompletableFuture.completedFuture(List.of());
        private List<Tile> tiles = new ArrayList<>();
        private List<RgbImage> crops = new ArrayList<>();

        Batches(IntConsumer progress) {
            this.progress = progress;
        }

        void add(Tile tile, RgbImage pixels) {
            tiles.add(tile);
            crops.add(clip.preprocessor().crop(pixels));
            if (tiles.size() == BATCH) {
                start();
            }
        }

        private void start() {
            collect();
            List<Tile> batch = tiles;
            List<RgbImage> images = crops;
            running = CompletableFuture.supplyAsync(() -> score(batch, clip.embedCrops(images)), thread);
            tiles = new ArrayList<>();
            crops = new ArrayList<>();
        }

        private void collect() {
            List<Match> done = running.join();
            matches.addAll(done);
            progress.accept(done.size());
        }

        /** All matches, the best first. */
        List<Match> finish() {
            start();
            collect();
            matches.sort(Comparator.comparingDouble(Match::score).reversed());
            return matches;
        }

        @Override
        public void close() {
            thread.close();
        }
    }

    private List<Match> score(List<Tile> tiles, List<float[]> embeddings) {
        return IntStream.range(0, tiles.size()).mapToObj(i -> new Match(tiles.get(i), score(embeddings.get(i))))
                .toList();
    }

    private double score(float[] tile) {
        double scale = clip.model().logitScale();
        double sum = 1;
        for (float[] negative : negatives) {
            sum += Math.exp(scale * (Clip.similarity(tile, negative) - Clip.similarity(tile, text)));
        }
        return 1 / sum;
    }
}
