package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueryVectorTest {
    @Test
    void oneEmbeddingIsItselfWhateverItsWeight() {
        float[] embedding = TestIndex.unit(new Random(1), 512);
        for (double weight : List.of(1.0, 0.1, 7.0)) {
            // each of the two roundings, of the embedding's length and of the quotient, is of half a unit in the last place
            assertArrayEquals(embedding, new QueryVector().add(embedding, weight).vector(), 1.2e-7f);
        }
    }

    @Test
    void isTheWeightedSumScaledToUnitLength() {
        float[] vector = new QueryVector().add(new float[]{1, 0, 0}, 3).add(new float[]{0, 1, 0}, -4).vector();
        assertArrayEquals(new float[]{0.6f, -0.8f, 0}, vector);
    }

    @Test
    void theOrderOfPartsDoesNotMatter() {
        List<float[]> parts = TestIndex.units(new Random(2), 3, 64);
        float[] one = new QueryVector().add(parts.get(0), 1).add(parts.get(1), 2).add(parts.get(2), -0.5).vector();
        float[] other = new QueryVector().add(parts.get(2), -0.5).add(parts.get(1), 2).add(parts.get(0), 1).vector();
        assertArrayEquals(one, other, 1e-7f);
        assertEquals(1, Math.sqrt(TestIndex.cosine(one, one)), 1e-6);
    }

    @Test
    void whatCancelsOutIsRefused() {
        float[] embedding = TestIndex.unit(new Random(3), 8);
        assertThrows(IllegalArgumentException.class, () -> new QueryVector().vector());
        assertThrows(IllegalArgumentException.class, () -> new QueryVector().add(embedding, 0).vector());
        assertThrows(IllegalArgumentException.class,
                () -> new QueryVector().add(embedding, 1).add(embedding, -1).vector());
        assertThrows(IllegalArgumentException.class, () -> new QueryVector().add(embedding, Double.NaN).vector());
        assertThrows(IllegalArgumentException.class,
                () -> new QueryVector().add(embedding, 1).add(new float[7], 1));
    }
}
