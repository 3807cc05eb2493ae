package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelevanceTest {
    private static final int DIMENSION = 16;

    @TempDir
    private Path folder;

    private final List<float[]> things = TestIndex.units(new Random(7), 9, DIMENSION);

    @Test
    void isTheShareOfUnrelatedPairsWithALowerScore() {
        List<float[]> vectors = TestIndex.units(new Random(1), 100, DIMENSION);
        TestIndex.write(folder, vectors, 30, false);
        for (List<Double> weights : List.of(List.of(1.0), List.of(3.0), List.of(-2.0), List.of(1.0, 1.0),
                List.of(1.0, -0.5, 2.0))) {
            List<Double> pairs = new ArrayList<>();
            for (int i = 0; i < things.size(); i++) {
                QueryVector query = new QueryVector();
                for (int part = 0; part < weights.size(); part++) {
                    query.add(things.get((i + part) % things.size()), weights.get(part));
                }
                vectors.forEach(vector -> pairs.add(TestIndex.cosine(query.vector(), vector)));
            }
            try (ImageIndex index = ImageIndex.open(folder)) {
                Relevance relevance = index.relevance(things, weights);
                for (double score = -1; score <= 1; score += 0.01) {
                    double limit = score;
                    double share = pairs.stream().filter(pair -> pair < limit).count() / (double) pairs.size();
                    assertEquals(share, relevance.of(score), 1.5 / pairs.size(), weights + " " + score);
                }
            }
        }
    }

    @Test
    void theLowestScoreOfARelevanceIsTheLowest() {
        TestIndex.write(folder, TestIndex.units(new Random(2), 50, DIMENSION), 50, false);
        try (ImageIndex index = ImageIndex.open(folder)) {
            Relevance relevance = index.relevance(things, List.of(1.0));
            for (double least : new double[]{0, 0.003, 0.5, 0.98, 0.99, 1}) {
                double score = relevance.score(least);
                assertTrue(relevance.of(score) >= least, "of " + least);
                assertTrue(least == 0 || relevance.of(Math.nextDown(score)) < least, "below " + least);
            }
            for (double none : new double[]{-0.1, 1.1, Double.NaN}) {
                assertThrows(IllegalArgumentException.class, () -> relevance.score(none));
            }
        }
    }

    @Test
    void followsTheIndexAndIsMeasuredOnce() {
        List<float[]> near = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            near.add(TestIndex.unit(random, things.getFirst(), 0.05));
        }
        TestIndex.write(folder, near, 40, false);
        try (ImageIndex index = ImageIndex.open(folder)) {
            Relevance before = index.relevance(things, List.of(1.0));
            assertSame(before, index.relevance(things, List.of(2.0)));
            try (ImageIndexWriter writer = TestIndex.writer(folder, DIMENSION)) {
                for (int i = 0; i < 40; i++) {
                    writer.put(TestIndex.image(i), TestIndex.unit(random, DIMENSION));
                }
                writer.commit();
            }
            index.refresh();
            Relevance after = index.relevance(things, List.of(1.0));
            // a ninth of the pairs were close to 1, with the other images none is
            assertTrue(before.score(0.99) > 0.9 && after.score(0.99) < 0.9,
                    before.score(0.99) + " " + after.score(0.99));
        }
    }

    @Test
    void anEmptyIndexHasNoAnswers() {
        try (ImageIndexWriter writer = TestIndex.writer(folder, DIMENSION)) {
            writer.commit();
        }
        try (ImageIndex index = ImageIndex.open(folder)) {
            double score = index.relevance(things, List.of(1.0)).score(0.99);
            assertEquals(List.of(), index.search(new SearchQuery(things.getFirst(), 10, score, null,
                    SearchMethod.AUTOMATIC)));
        }
    }
}
