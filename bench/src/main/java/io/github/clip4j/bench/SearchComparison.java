package io.github.clip4j.bench;

import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.ModelId;
import io.github.clip4j.search.SearchMethod;
import io.github.clip4j.search.SearchQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Times exact and approximate search in indexes of made-up vectors and counts what the approximate one misses. Its
 * arguments are {@code FOLDER DECAY SIZE...}, the decay of {@link SyntheticVectors}. An index that an earlier run left
 * complete in the folder is used again, for a large one takes long to build; the chart is written beside them.
 */
public final class SearchComparison {
    private static final int DIMENSION = 512;
    private static final int TOP = 10;
    private static final int QUERIES = 1000;
    /** The compiler needs about a thousand searches of a graph for its last word. */
    private static final double WARM_UP_SECONDS = 10;
    private static final ModelId MODEL = new ModelId("made up", "0".repeat(64));
    private static final List<String> METHODS = List.of("exact", "HNSW", "HNSW, quantised");
    private static final String HEAD = """
            | vectors | number | method | median, ms | 99 %, ms | recall@10 | built, s | MB on disk |
            |---|--:|---|--:|--:|--:|--:|--:|
            """;

    private SearchComparison() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 3 || !Arrays.stream(args).skip(2).allMatch(size -> size.matches("[1-9][0-9]{0,7}"))) {
            throw new IllegalArgumentException("expected FOLDER DECAY SIZE..., sizes below 100 million");
        }
        Path folder = Path.of(args[0]);
        SyntheticVectors vectors = new SyntheticVectors(DIMENSION, Double.parseDouble(args[1]));
        StringBuilder table = new StringBuilder(HEAD);
        List<Chart.Group> groups = new ArrayList<>();
        for (String size : Arrays.asList(args).subList(2, args.length)) {
            List<Row> rows = compare(folder, vectors, Integer.parseInt(size));
            rows.forEach(row -> table.append(row.markdown()));
            groups.add(new Chart.Group(String.format(Locale.ROOT, "%,d vectors", Integer.parseInt(size)),
                    rows.stream().map(Row::bar).toList()));
        }
        Files.writeString(folder.resolve(vectors.name() + ".svg"), Chart.svg(METHODS, groups));
        System.out.print(table);
    }

    /** By each of the methods. */
    private static List<Row> compare(Path folder, SyntheticVectors vectors, int size) throws IOException {
        List<Row> rows = new ArrayList<>();
        List<Set<String>> nearest = null;
        for (boolean quantized : new boolean[]{false, true}) {
            Path index = folder.resolve("%d-%s%s".formatted(size, vectors.name(), quantized ? "-quantized" : ""));
            String built = build(index, vectors, size, quantized);
            try (ImageIndex images = ImageIndex.open(index)) {
                if (nearest == null) {
                    Timing exact = time(images, vectors, SearchMethod.EXACT);
                    nearest = exact.found;
                    rows.add(row(vectors, size, METHODS.get(0), exact, nearest, "", index));
                }
                Timing graph = time(images, vectors, SearchMethod.APPROXIMATE);
                rows.add(row(vectors, size, METHODS.get(rows.size()), graph, nearest, built, index));
            }
        }
        return rows;
    }

    private record Row(SyntheticVectors vectors, int size, String method, double median, double p99, double recall,
            String built, long bytes) {
        String markdown() {
            return String.format(Locale.ROOT, "| %s | %,d | %s | %.2f | %.2f | %.3f | %s | %,d |%n", vectors, size,
                    method, median, p99, recall, built, bytes >> 20);
        }

        Chart.Bar bar() {
            return new Chart.Bar(median, String.format(Locale.ROOT, "%.2f ms, recall %.3f", median, recall));
        }
    }

    /** Returns the seconds it took, nothing if it was there. */
    private static String build(Path index, SyntheticVectors vectors, int size, boolean quantized) {
        if (Files.exists(index)) {
            try (ImageIndex images = ImageIndex.open(index)) {
                if (images.size() == size) {
                    return "";
                }
            }
        }
        long start = System.nanoTime();
        try (ImageIndexWriter writer = ImageIndexWriter.open(index, MODEL, DIMENSION, quantized)) {
            IntStream.range(0, size).parallel().forEach(i -> writer.put(
                    new IndexedImage("%09d.jpg".formatted(i), 0, 0, "", 0, 0), vectors.get(i)));
            writer.commit();
        }
        return "%.0f".formatted(Peer.seconds(start));
    }

    /** @param found paths for each query */
    private record Timing(List<Set<String>> found, double[] milliseconds) {
        double quantile(double share) {
            double[] sorted = milliseconds.clone();
            Arrays.sort(sorted);
            return sorted[(int) (share * (sorted.length - 1))];
        }

        double recall(List<Set<String>> nearest) {
            int right = 0;
            for (int q = 0; q < QUERIES; q++) {
                Set<String> both = new HashSet<>(nearest.get(q));
                both.retainAll(found.get(q));
                right += both.size();
            }
            return (double) right / (QUERIES * TOP);
        }
    }

    private static Timing time(ImageIndex images, SyntheticVectors vectors, SearchMethod method) {
        long begin = System.nanoTime();
        for (int q = 0; Peer.seconds(begin) < WARM_UP_SECONDS; q++) {
            images.search(query(vectors, QUERIES + q, method));
        }
        List<Set<String>> found = new ArrayList<>();
        double[] milliseconds = new double[QUERIES];
        for (int q = 0; q < QUERIES; q++) {
            SearchQuery query = query(vectors, q, method);
            long start = System.nanoTime();
            List<Hit> hits = images.search(query);
            milliseconds[q] = 1e3 * Peer.seconds(start);
            found.add(hits.stream().map(hit -> hit.image().path()).collect(Collectors.toSet()));
        }
        return new Timing(found, milliseconds);
    }

    /** With the vector of a number below 0, which none of an index has. */
    private static SearchQuery query(SyntheticVectors vectors, int number, SearchMethod method) {
        return new SearchQuery(vectors.get(-1000 - number), TOP, -1, null, method);
    }

    private static Row row(SyntheticVectors vectors, int size, String method, Timing timing,
            List<Set<String>> nearest, String built, Path index) throws IOException {
        try (Stream<Path> files = Files.list(index)) {
            Row row = new Row(vectors, size, method, timing.quantile(0.5), timing.quantile(0.99),
                    timing.recall(nearest), built, files.mapToLong(file -> file.toFile().length()).sum());
            System.err.print(row.markdown());
            return row;
        }
    }
}
