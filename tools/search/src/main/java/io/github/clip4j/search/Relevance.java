package io.github.clip4j.search;

import io.github.clip4j.Clip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Bits;
import org.apache.lucene.index.MultiBits;

/**
 * How surely an image fits a query of texts: the share of pairs of a thing and an image, of things that few photographs
 * show and images of the index, that have a lower score. Cosines alone say little, for each model has its own range of
 * them. Several texts are compared with as many things, of the same weights.
 */
public final class Relevance {
    /**
     * Where answers end: at most one of a hundred pairs that have nothing to do with each other is above. With the
     * names of RSICD's 30 classes as queries the mean F1 against the class is then 0.95 and 0.75 with two models, where
     * the best score for each query by itself would give 0.96 and 0.77; at 0.995 it is 0.96 and 0.65.
     */
    public static final double DEFAULT = 0.99;
    /** The things. */
    public static final List<String> THINGS = List.of("accordion", "anchor", "anvil", "armadillo", "bagpipes",
            "barometer", "beehive", "cactus", "candelabra", "canoe", "castanets", "chameleon", "chandelier", "chess",
            "cocktail", "compass", "corkscrew", "crossbow", "dinosaur", "dragonfly", "drum", "easel", "fossil",
            "gargoyle", "globe", "gondola", "hammock", "harp", "hedgehog", "hourglass", "igloo", "jellyfish", "kettle",
            "kite", "lobster", "microscope", "mushroom", "octopus", "origami", "parachute", "penguin", "pineapple",
            "puppet", "rocket", "saddle", "scarecrow", "scorpion", "snowman", "spinning wheel", "stethoscope",
            "submarine", "telescope", "teapot", "totem", "trombone", "trophy", "typewriter", "umbrella", "violin",
            "volcano", "walrus", "waterwheel", "wheelbarrow", "xylophone");

    /** Images whose scores are taken, at the most. */
    private static final int SAMPLE = 512;

    private final float[] scores; // of things and images, ascending

    private Relevance(float[] scores) {
        this.scores = scores;
        Arrays.sort(scores);
    }

    /**
     * That of queries of texts with these weights.
     *
     * @param things the embeddings of {@link #THINGS}
     */
    static Relevance of(IndexSearcher searcher, List<float[]> things, List<Double> weights) throws IOException {
        List<float[]> images = sample(searcher);
        float[] scores = new float[things.size() * images.size()];
        for (int i = 0; i < things.size(); i++) {
            QueryVector query = new QueryVector();
            for (int part = 0; part < weights.size(); part++) {
                query.add(things.get((i + part) % things.size()), weights.get(part));
            }
            float[] vector = query.vector();
            for (int j = 0; j < images.size(); j++) {
                scores[i * images.size() + j] = Clip.similarity(vector, images.get(j));
            }
        }
        return new Relevance(scores);
    }

    /** Images from all of the index, evenly. */
    private static List<float[]> sample(IndexSearcher searcher) throws IOException {
        long images = searcher.getIndexReader().numDocs();
        long count = Math.min(images, SAMPLE);
        Bits live = MultiBits.getLiveDocs(searcher.getIndexReader());
        Vectors vectors = new Vectors(searcher);
        List<float[]> sample = new ArrayList<>();
        long image = 0;
        for (int document = 0; sample.size() < count; document++) {
            if ((live == null || live.get(document)) && image++ == sample.size() * images / count) {
                sample.add(vectors.get(document).clone());
            }
        }
        return sample;
    }

    /** The relevance of an image's score, from 0 to 1. */
    public double of(double score) {
        return scores.length == 0 ? 1 : (double) lower(score) / scores.length;
    }

    private int lower(double score) {
        int low = 0;
        for (int high = scores.length; low < high;) {
            int middle = (low + high) >>> 1;
            if (scores[middle] < score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * The lowest score of a relevance.
     *
     * @throws IllegalArgumentException if the relevance is not from 0 to 1
     */
    public double score(double relevance) {
        if (!(relevance >= 0 && relevance <= 1)) {
            throw new IllegalArgumentException("a relevance of " + relevance + ", expected 0 to 1");
        }
        int below = (int) Math.ceil(relevance * scores.length - 1e-6); // n times k / n may be more than k
        return below == 0 ? Double.NEGATIVE_INFINITY : Math.nextUp((double) scores[below - 1]);
    }
}
