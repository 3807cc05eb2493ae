package io.github.clip4j.train;

import io.github.clip4j.ClipOptions;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.train.Explanation.Word;
import io.github.clip4j.train.ScoreRelevance.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells which parts of an image and which words of a text speak for each other. Holds the model's weights a second
 * time, for the way back through it. Safe to share between threads, which wait for each other.
 */
public final class Explainer implements AutoCloseable {
    /** Side of a window as a share of the grid's: in mosaics of four, this found the right one most often. */
    private static final double WINDOW = 0.4;
    private static final String END_OF_WORD = "</w>";

    private final ClipOptions options;
    private final Kernels kernels;
    private final ClipConfig config;
    private final ImagePreprocessor preprocessor;
    private final ClipTokenizer tokenizer;
    private final ScoreRelevance relevance;

    private Explainer(PublishedModel published, ClipOptions options, Kernels kernels) {
        this.options = options;
        this.kernels = kernels;
        this.config = published.config();
        config.vision(); // told if one is missing
        config.text();
        this.preprocessor = new ImagePreprocessor(published.preprocessing());
        this.tokenizer = published.tokenizer(options.variant());
        this.relevance = new ScoreRelevance(config, published.weights(), kernels);
    }

    /**
     * Opens a model folder or file as {@link io.github.clip4j.Clip#open(Path, ClipOptions)} does.
     *
     * @throws io.github.clip4j.checkpoint.CheckpointException if it is malformed, or has one tower only
     */
    public static Explainer open(Path model, ClipOptions options) {
        Kernels kernels = Kernels.create(options.threads());
        try (PublishedModel published = PublishedModel.open(model, options.activation())) {
            return new Explainer(published, options, kernels);
        } catch (Throwable e) {
            kernels.close();
            throw e;
        }
    }

    /**
     * Explains the score of an image and a text.
     *
     * @throws IllegalArgumentException if the text is longer than the model's context and the options do not truncate
     */
    public synchronized Explanation explain(RgbImage image, String words) {
        int[] ids = options.encode(tokenizer, words, config.text().contextLength());
        float[] pixels = new float[3 * preprocessor.size() * preprocessor.size()];
        preprocessor.normalize(preprocessor.crop(image), pixels, 0);
        int grid = config.vision().imageSize() / config.vision().patchSize();
        int window = Math.max(1, (int) Math.round(WINDOW * grid));
        return kernels.run(() -> {
            Pair pair = relevance.of(pixels, ids);
            return new Explanation(pair.cosine(), preprocessor.region(image.width(), image.height()), grid, window,
                    relevance.windows(pair, grid, window),
                    Arrays.copyOfRange(pair.vision(), 1, pair.vision().length), words(ids, pair));
        });
    }

    /** The words of a text, each of one piece or more, without its start and end. */
    private List<Word> words(int[] ids, Pair pair) {
        int end = pair.text().length - 1;
        double all = Arrays.stream(pair.text(), 1, end).sum();
        List<int[]> pieces = new ArrayList<>();
        List<int[]> without = new ArrayList<>();
        for (int from = 1; from < end;) {
            int to = from + 1;
            while (to < end && !tokenizer.token(ids[to - 1]).endsWith(END_OF_WORD)) {
                to++;
            }
            pieces.add(new int[]{from, to});
            without.add(IntStream.concat(Arrays.stream(ids, 0, from), Arrays.stream(ids, to, ids.length)).toArray());
            from = to;
        }
        List<Word> words = new ArrayList<>();
        double[] cosines = without.isEmpty() ? new double[0] : relevance.cosines(pair, without);
        for (int i = 0; i < cosines.length; i++) {
            int from = pieces.get(i)[0];
            int to = pieces.get(i)[1];
            double sum = Arrays.stream(pair.text(), from, to).sum();
            words.add(new Word(tokenizer.decode(Arrays.copyOfRange(ids, from, to)), all > 0 ? sum / all : 0,
                    pair.cosine() - cosines[i]));
        }
        return words;
    }

    @Override
    public void close() {
        kernels.close();
    }
}
