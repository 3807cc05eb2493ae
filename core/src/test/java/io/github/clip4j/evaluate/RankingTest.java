package io.github.clip4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.evaluate.ZeroShot.Ranking;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Zero-shot ranking and retrieval against sorting everything, and figures known by hand. */
class RankingTest {
    private static final Kernels KERNELS = Kernels.create(2);

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    /** Small whole numbers: dot products are exact and often equal, so ties count. */
    private static List<float[]> embeddings(Random random, int n, int dimension) {
        List<float[]> embeddings = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] embedding = new float[dimension];
            for (int d = 0; d < dimension; d++) {
                embedding[d] = random.nextInt(5) - 2;
            }
            embeddings.add(embedding);
        }
        return embeddings;
    }

    private static List<Integer> sorted(float[] query, List<float[]> candidates) {
        return IntStream.range(0, candidates.size()).boxed()
                .sorted(Comparator.comparing((Integer i) -> dot(query, candidates.get(i))).reversed()).toList();
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
    }

    private static List<String> names(int n) {
        return IntStream.range(0, n).mapToObj(i -> "class " + i).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void zeroShotEqualsSorting(long seed) {
        Random random = new Random(seed);
        int images = 1 + random.nextInt(200);
        int classes = 1 + random.nextInt(40);
        int dimension = 1 + random.nextInt(20);
        String what = "seed %d: %d images, %d classes, dimension %d".formatted(seed, images, classes, dimension);
        List<float[]> vectors = embeddings(random, images, dimension);
        List<float[]> labels = embeddings(random, classes, dimension);
        int[] expected = random.ints(images, 0, classes).toArray();
        float scale = 0.5f;
        ZeroShot result = ZeroShot.classify(vectors, expected, new LabelEmbeddings(names(classes), labels), scale,
                KERNELS);
        int[][] confusion = new int[classes][classes];
        for (int i = 0; i < images; i++) {
            float[] vector = vectors.get(i);
            List<Integer> order = sorted(vector, labels);
            Ranking ranking = result.rankings().get(i);
            double sum = labels.stream().mapToDouble(label -> Math.exp(scale * dot(vector, label))).sum();
            assertEquals(order.indexOf(expected[i]), ranking.rank(), what);
            assertEquals(order.getFirst(), ranking.predicted(), what);
            assertEquals(Math.exp(scale * dot(vector, labels.get(order.getFirst()))) / sum, ranking.confidence(),
                    1e-12, what);
            confusion[expected[i]][order.getFirst()]++;
        }
        assertTrue(Arrays.deepEquals(confusion, result.confusion()), what);
        assertEquals(1, result.scoreAt(classes), what);
        assertEquals(images, result.mistakes().size() + result.right().size(), what);
        List<Double> confidences = result.mistakes().stream().map(i -> result.rankings().get(i).confidence()).toList();
        assertEquals(confidences.stream().sorted(Comparator.reverseOrder()).toList(), confidences, what);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void retrievalEqualsSorting(long seed) {
        Random random = new Random(seed);
        int images = 1 + random.nextInt(60);
        int dimension = 1 + random.nextInt(20);
        List<Integer> owners = new ArrayList<>(IntStream.range(0, images).boxed().toList());
        random.ints(random.nextInt(100), 0, images).forEach(owners::add);
        Collections.shuffle(owners, random);
        int[] imageOf = owners.stream().mapToInt(i -> i).toArray();
        String what = "seed %d: %d images, %d captions, dimension %d".formatted(seed, images, imageOf.length,
                dimension);
        List<float[]> vectors = embeddings(random, images, dimension);
        List<float[]> captions = embeddings(random, imageOf.length, dimension);
        int[] imageRanks = IntStream.range(0, images).map(image -> {
            List<Integer> order = sorted(vectors.get(image), captions);
            return IntStream.range(0, order.size()).filter(r -> imageOf[order.get(r)] == image).findFirst()
                    .orElseThrow();
        }).toArray();
        int[] captionRanks = IntStream.range(0, imageOf.length)
                .map(c -> sorted(captions.get(c), vectors).indexOf(imageOf[c])).toArray();
        Retrieval expected = new Retrieval(Recall.of(imageRanks), Recall.of(captionRanks));
        assertEquals(expected, Retrieval.measure(vectors, captions, imageOf, KERNELS), what);
    }

    /** Image i and caption j score 2ij - j², so captions are best where j = i, and images where i is largest. */
    @Test
    void manyQueriesGoInBlocks() {
        int n = 4_000;
        List<float[]> images = new ArrayList<>();
        List<float[]> captions = new ArrayList<>();
        for (int i = 1; i <= n; i++) {
            images.add(new float[]{i, 1});
            captions.add(new float[]{2 * i, -i * i});
        }
        Retrieval own = Retrieval.measure(images, captions, IntStream.range(0, n).toArray(), KERNELS);
        assertEquals(new Recall(1, 1, 1, 1), own.imageToText());
        assertEquals(new Recall(1.0 / n, 5.0 / n, 10.0 / n, (n + 1) / 2.0), own.textToImage());
    }

    @Test
    void recallAndMedian() {
        assertEquals(new Recall(0.25, 0.5, 0.75, 6.5), Recall.of(new int[]{9, 0, 2, 10}));
        assertEquals(new Recall(0, 1, 1, 2), Recall.of(new int[]{1}));
        Retrieval retrieval = new Retrieval(new Recall(0.1, 0.2, 0.3, 1), new Recall(0.4, 0.5, 0.9, 1));
        assertEquals(0.4, retrieval.meanRecall(), 1e-15);
    }

    @Test
    void figuresOfClasses() {
        // three cats, of which one is taken for a dog; one dog, taken for a cat; no fish, and nothing taken for one
        ZeroShot result = new ZeroShot(List.of("cat", "dog", "fish"), List.of(new Ranking(0, 0, 0, 0.9),
                new Ranking(0, 0, 0, 0.8), new Ranking(0, 1, 1, 0.5), new Ranking(1, 2, 0, 0.7)));
        assertEquals(0.5, result.scoreAt(1));
        assertEquals(0.75, result.scoreAt(2));
        assertEquals(new ClassFigures("cat", 3, 2 / 3.0, 2 / 3.0, 2 / 3.0), result.perClass().get(0));
        assertEquals(new ClassFigures("dog", 1, 0, 0, 0), result.perClass().get(1));
        assertEquals(new ClassFigures("fish", 0, Double.NaN, Double.NaN, Double.NaN), result.perClass().get(2));
        assertEquals(1 / 3.0, result.macroF1(), 1e-15);
        assertEquals(List.of(3, 2), result.mistakes());
        assertEquals(List.of(0, 1), result.right());
    }

    @Test
    void ensembleIsTheMeanScaledToUnitLength() {
        LabelEmbeddings east = new LabelEmbeddings(List.of("a", "b"), List.of(new float[]{1, 0}, new float[]{1, 0}));
        LabelEmbeddings north = new LabelEmbeddings(List.of("a", "b"), List.of(new float[]{0, 1}, new float[]{1, 0}));
        LabelEmbeddings both = LabelEmbeddings.ensemble(List.of(east, north));
        float half = (float) Math.sqrt(0.5);
        assertTrue(Arrays.equals(new float[]{half, half}, both.embeddings().get(0)));
        assertTrue(Arrays.equals(new float[]{1, 0}, both.embeddings().get(1)));
        LabelEmbeddings others = new LabelEmbeddings(List.of("b", "a"), north.embeddings());
        assertThrows(IllegalArgumentException.class, () -> LabelEmbeddings.ensemble(List.of(east, others)));
        assertThrows(IllegalArgumentException.class, () -> LabelEmbeddings.ensemble(List.of()));
    }

    @Test
    void whatCannotBeRankedIsRefused() {
        List<float[]> one = List.of(new float[]{1, 0});
        List<float[]> nan = List.of(new float[]{1, Float.NaN});
        List<float[]> longer = List.of(new float[]{1, 0, 0});
        refused("embedding 0 holds the value NaN", one, nan, 0);
        refused("embedding 0 holds the value NaN", nan, one, 0);
        refused("embedding 0 has 2 dimensions, others 3", one, longer, 0);
        refused("image 1 has no caption", List.of(one.getFirst(), one.getFirst()), one, 0);
        refused("1 captions, but 2 images of them", one, one, 0, 0);
        LabelEmbeddings labels = new LabelEmbeddings(List.of("a"), one);
        assertThrows(IllegalArgumentException.class,
                () -> ZeroShot.classify(List.of(), new int[0], labels, 1, KERNELS));
        assertThrows(IllegalArgumentException.class, () -> ZeroShot.classify(one, new int[2], labels, 1, KERNELS));
        assertThrows(IllegalArgumentException.class, () -> ZeroShot.classify(nan, new int[1], labels, 1, KERNELS));
    }

    private static void refused(String message, List<float[]> images, List<float[]> captions, int... imageOf) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> Retrieval.measure(images, captions, imageOf, KERNELS)).getMessage());
    }
}
