package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImageIndexTest {
    @TempDir
    private Path folder;

    /** Rounding of a sum of d products of elements of unit vectors, for which Σ|aᵢbᵢ| is 1 at the most. */
    private static double tolerance(int dimension) {
        return (dimension + 2) * 0x1p-24;
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "7,3,2", "300,5,100", "301,17,50", "257,64,300", "100,512,33"})
    void exactSearchFindsWhatADoubleLoopFinds(int n, int dimension, int segment) {
        Random random = new Random(31L * n + dimension);
        List<float[]> vectors = TestIndex.units(random, n, dimension);
        TestIndex.write(folder, vectors, segment, false);
        double tolerance = tolerance(dimension);
        try (ImageIndex index = ImageIndex.open(folder)) {
            for (int q = 0; q < 20; q++) {
                float[] query = TestIndex.unit(random, dimension);
                double[] best = vectors.stream().mapToDouble(vector -> -TestIndex.cosine(query, vector)).sorted()
                        .toArray();
                for (int top : new int[]{1, 10, n + 5}) {
                    String what = "n %d, dimension %d, query %d, top %d".formatted(n, dimension, q, top);
                    List<Hit> hits = index.search(new SearchQuery(query, top, -1.1, null, SearchMethod.EXACT));
                    assertEquals(Math.min(top, n), hits.size(), what);
                    assertEquals(hits.size(), hits.stream().map(hit -> hit.image().path()).distinct().count(), what);
                    for (int i = 0; i < hits.size(); i++) {
                        Hit hit = hits.get(i);
                        int number = (int) (hit.image().size() - 1000);
                        assertEquals(TestIndex.image(number), hit.image(), what);
                        assertEquals(TestIndex.cosine(query, vectors.get(number)), hit.score(), tolerance, what);
                        assertEquals(-best[i], hit.score(), tolerance, what + ", rank " + i);
                    }
                    assertEquals(hits.stream().sorted(Comparator.comparing(Hit::score).reversed()).toList(), hits,
                            what);
                }
            }
        }
    }

    /** A graph that fell apart would lose a whole cluster, one in twenty queries. */
    @ParameterizedTest
    @CsvSource({"false,1500", "true,1500", "false,600"})
    void approximateSearchMissesFew(boolean quantized, int segment) {
        int clusters = 20;
        Random random = new Random(5);
        List<float[]> centres = TestIndex.units(random, clusters, 8);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            vectors.add(TestIndex.unit(random, centres.get(i % clusters), 0.05));
        }
        TestIndex.write(folder, vectors, segment, quantized);
        try (ImageIndex index = ImageIndex.open(folder)) {
            int found = 0;
            for (int q = 0; q < 200; q++) {
                float[] query = TestIndex.unit(random, centres.get(q % clusters), 0.05);
                List<String> exact = paths(index.search(new SearchQuery(query, 10, -1, null, SearchMethod.EXACT)));
                List<Hit> approximate = index.search(new SearchQuery(query, 10, -1, null, SearchMethod.APPROXIMATE));
                assertEquals(10, approximate.size(), "query " + q);
                found += (int) paths(approximate).stream().filter(exact::contains).count();
                for (Hit hit : approximate) {
                    float[] vector = vectors.get((int) hit.image().size() - 1000);
                    assertEquals(TestIndex.cosine(query, vector), hit.score(), 0x1p-24, "query " + q);
                }
            }
            assertTrue(found > 2000 * (1 - 1.0 / clusters), found + " of 2000");
        }
    }

    private static List<String> paths(List<Hit> hits) {
        return hits.stream().map(hit -> hit.image().path()).toList();
    }

    @ParameterizedTest
    @EnumSource(SearchMethod.class)
    void globsScoresAndRemovedImagesNarrowTheHits(SearchMethod method) {
        List<float[]> vectors = TestIndex.units(new Random(7), 200, 16);
        TestIndex.write(folder, vectors, 60, false);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 16)) {
            IntStream.range(0, 200).filter(i -> i % 5 == 0).forEach(i -> writer.remove(TestIndex.image(i).path()));
            writer.commit();
        }
        float[] query = vectors.get(1);
        try (ImageIndex index = ImageIndex.open(folder)) {
            assertEquals(160, index.size());
            List<String> all = paths(index.search(new SearchQuery(query, 500, -2, null, method)));
            assertEquals(160, all.size());
            assertEquals(TestIndex.image(1).path(), all.getFirst());
            List<String> some = paths(index.search(new SearchQuery(query, 500, -2, "/photos/1/**", method)));
            assertEquals(all.stream().filter(path -> path.startsWith("/photos/1/")).toList(), some);
            assertEquals(some.subList(0, 3), paths(index.search(new SearchQuery(query, 3, -2, "/photos/1/*", method))));
            assertEquals(List.of(), index.search(new SearchQuery(query, 3, -2, "*.png", method)));
            List<Hit> near = index.search(new SearchQuery(query, 500, 0.25, null, method));
            assertEquals(all.subList(0, near.size()), paths(near));
            assertTrue(near.getLast().score() >= 0.25 && near.size() < 160, near.size() + " hits");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,5,1", "30,5,7", "2000,300,25"})
    void neighboursAreTheNearestOfAllSegments(int n, int segment, int count) {
        Random random = new Random(n);
        TestIndex.write(folder, TestIndex.units(random, n, 16), segment, false);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 16)) {
            IntStream.range(0, n - 1).filter(i -> i % 5 == 0).forEach(i -> writer.remove(TestIndex.image(i).path()));
            writer.commit();
        }
        try (ImageIndex index = ImageIndex.open(folder)) {
            int missed = index.neighbourhood(count, (images, neighbours) -> {
                assertEquals(index.images(), images);
                return IntStream.range(0, images.size()).map(i -> {
                    float[] vector = index.embedding(images.get(i).path()).orElseThrow();
                    List<IndexedImage> near = IntStream.of(neighbours.of(i)).mapToObj(images::get).toList();
                    List<IndexedImage> nearest = index
                            .search(new SearchQuery(vector, count, -1.1, null, SearchMethod.EXACT)).stream()
                            .map(Hit::image).toList();
                    assertTrue(near.contains(images.get(i)));
                    assertEquals(nearest.size(), near.stream().distinct().count());
                    return (int) nearest.stream().filter(image -> !near.contains(image)).count();
                }).sum();
            });
            assertTrue(missed <= 0.02 * index.size() * count, missed + " missed");
        }
    }

    @Test
    void equalImagesComeInTheOrderOfTheirPaths() {
        float[] vector = TestIndex.unit(new Random(8), 8);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 8)) {
            for (int i : new int[]{5, 2, 9, 1}) {
                writer.put(TestIndex.image(i), vector);
                writer.commit();
            }
        }
        try (ImageIndex index = ImageIndex.open(folder)) {
            List<String> expected = IntStream.of(1, 2, 5, 9).mapToObj(i -> TestIndex.image(i).path()).sorted().toList();
            assertEquals(expected, paths(index.search(SearchQuery.of(vector, 4))));
            assertEquals(expected, index.images().stream().map(IndexedImage::path).toList());
        }
    }

    @Test
    void anImageIsFoundByItsPathAndItsName() {
        List<float[]> vectors = TestIndex.units(new Random(9), 30, 8);
        TestIndex.write(folder, vectors, 8, false);
        try (ImageIndex index = ImageIndex.open(folder)) {
            IndexedImage image = TestIndex.image(17);
            assertEquals(image, index.byPath(image.path()).orElseThrow());
            assertEquals(image, index.byId(image.id()).orElseThrow());
            assertArrayEquals(vectors.get(17), index.embedding(image.path()).orElseThrow());
            assertTrue(index.byPath("/photos").isEmpty() && index.byId(image.path()).isEmpty());
            List<String> order = new ArrayList<>();
            index.forEach((each, embedding) -> {
                order.add(each.path());
                assertArrayEquals(vectors.get((int) each.size() - 1000), embedding, each.path());
            });
            assertEquals(IntStream.range(0, 30).mapToObj(i -> TestIndex.image(i).path()).sorted().toList(), order);
        }
    }

    @Test
    void commitsAreSeenAfterARefreshAndNothingElseIs() {
        Random random = new Random(10);
        List<float[]> vectors = TestIndex.units(random, 3, 8);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 8); ImageIndex index = ImageIndex.open(folder)) {
            assertEquals(0, index.size());
            assertEquals(List.of(), index.search(SearchQuery.of(vectors.get(0), 3)));
            assertEquals(List.of(),
                    index.search(new SearchQuery(vectors.get(0), 3, -1, null, SearchMethod.APPROXIMATE)));
            writer.put(TestIndex.image(0), vectors.get(0));
            index.refresh();
            assertEquals(0, index.size());
            writer.commit();
            assertEquals(0, index.size());
            index.refresh();
            assertEquals(1, index.size());
            writer.put(TestIndex.image(0), vectors.get(1)); // replaces
            writer.put(TestIndex.image(2), vectors.get(2));
            writer.commit();
            index.refresh();
            assertEquals(2, index.size());
            assertArrayEquals(vectors.get(1), index.embedding(TestIndex.image(0).path()).orElseThrow());
            assertEquals(TestIndex.image(2), index.search(SearchQuery.of(vectors.get(2), 1)).getFirst().image());
            writer.remove(TestIndex.image(0).path());
        }
        try (ImageIndex index = ImageIndex.open(folder)) {
            assertEquals(2, index.size(), "what was not committed is forgotten");
        }
    }

    @Test
    void aVectorThatIsNoneOfTheIndexIsRefused() {
        float[] vector = TestIndex.unit(new Random(11), 8);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 8)) {
            float[] zero = new float[8];
            float[] notANumber = vector.clone();
            notANumber[3] = Float.NaN;
            for (float[] bad : List.of(zero, notANumber, TestIndex.unit(new Random(12), 7))) {
                assertThrows(IllegalArgumentException.class, () -> writer.put(TestIndex.image(0), bad));
            }
            writer.commit();
            try (ImageIndex index = ImageIndex.open(folder)) {
                assertThrows(IllegalArgumentException.class, () -> index.search(SearchQuery.of(new float[7], 1)));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> SearchQuery.of(vector, 0));
        assertThrows(IllegalArgumentException.class,
                () -> new SearchQuery(vector, 1, Double.NaN, null, SearchMethod.EXACT));
    }

    @Test
    void theLongestVectorsFit() {
        Path ofFour = folder.resolve("4096");
        List<float[]> vectors = TestIndex.units(new Random(13), 3, 4096);
        TestIndex.write(ofFour, vectors, 2, false);
        try (ImageIndex index = ImageIndex.open(ofFour)) {
            assertEquals(1, index.search(SearchQuery.of(vectors.get(2), 1)).getFirst().score(), tolerance(4096));
        }
        assertThrows(IndexException.class, () -> TestIndex.writer(folder.resolve("4097"), 4097));
    }

    @Test
    void anotherModelOrLengthIsRefused() {
        TestIndex.write(folder, TestIndex.units(new Random(14), 3, 8), 10, false);
        ModelId other = new ModelId("other", "f".repeat(64));
        String message = assertThrows(IndexException.class, () -> ImageIndexWriter.open(folder, other, 8, false))
                .getMessage();
        assertTrue(message.contains("model (0123456789ab), not with other (ffffffffffff)"), message);
        assertThrows(IndexException.class, () -> TestIndex.writer(folder, 9));
        try (ImageIndex index = ImageIndex.open(folder)) {
            assertThrows(IndexException.class, () -> index.requireModel(other));
            index.requireModel(new ModelId("the same under another name", TestIndex.MODEL.sha256()));
            assertEquals(TestIndex.MODEL, index.model());
            assertEquals(8, index.dimension());
        }
    }

    @Test
    void aSecondWriterIsToldOfTheFirst() {
        try (ImageIndexWriter first = TestIndex.writer(folder, 8)) {
            String message = assertThrows(IndexException.class, () -> TestIndex.writer(folder, 8)).getMessage();
            assertTrue(message.startsWith(first.folder() + ": is being written by process "
                    + ProcessHandle.current().pid() + " since "), message);
        }
        TestIndex.writer(folder, 8).close();
        assertFalse(Files.exists(folder.resolve(LockOwner.FILE)));
    }

    @Test
    void whatIsNoIndexIsTold() throws Exception {
        Path none = folder.resolve("none");
        assertTrue(assertThrows(IndexException.class, () -> ImageIndex.open(none)).getMessage()
                .contains("there is no index"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        assertTrue(assertThrows(IndexException.class, () -> ImageIndex.open(other)).getMessage()
                .contains("there is no index"));
        assertTrue(assertThrows(IndexException.class, () -> TestIndex.writer(other, 8)).getMessage()
                .contains("is not an index, it holds notes.txt"));
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(IndexException.class, () -> ImageIndex.open(file));
        assertThrows(IndexException.class, () -> TestIndex.writer(file, 8));
    }
}
