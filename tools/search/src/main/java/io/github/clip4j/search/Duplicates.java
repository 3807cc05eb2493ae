package io.github.clip4j.search;

import io.github.clip4j.Clip;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.PackedMatrix;
import io.github.clip4j.kernels.RowReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds images of an index that show the same: those whose files are equal, and of the others those that are among the
 * nearest by their vectors and whose pixels agree, whether saved again, resized, turned or cropped a little. Vectors
 * alone do not tell, for pictures of one kind of thing are as near. Reads each file once and keeps 4 KiB of it.
 */
public final class Duplicates {
    /**
     * Correlation from which images count as the same: of 500 altered copies all have 0.81 or more, of others 1 in
     * 1,000 0.5.
     */
    public static final float DEFAULT_THRESHOLD = 0.75f;

    /** Nearest images that are looked at; the original is one of them for 98 of 100 copies. */
    private static final int CANDIDATES = 24;
    private static final int READ_AHEAD = 64;
    /** Images that are compared with those near them at once. */
    private static final int BATCH = 64;
    private static final Comparator<IndexedImage> BEST_FIRST = Comparator
            .comparingLong((IndexedImage image) -> -(long) image.width() * image.height())
            .thenComparingLong(image -> -image.size()).thenComparing(IndexedImage::path);

    private final Nearest nearest;
    private final float threshold;
    private final Listener listener;
    /** One of each content. */
    private final List<IndexedImage> images = new ArrayList<>();
    private final Map<String, List<IndexedImage>> copies = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private Thumbprint[] prints;
    private int[] parent;
    private float[] likeness;

    /** Is told how far it has come, in the thread that runs it. */
    public interface Listener {
        /** So many images of the index more are dealt with; each comes twice. */
        void advanced(int count);

        /** A file cannot be read any more, and why. */
        void leftOut(String message);
    }

    /** The images with the nearest vectors, the image itself among them. */
    private interface Nearest {
        List<IndexedImage> of(IndexedImage image);
    }

    private Duplicates(Nearest nearest, float threshold, Listener listener) {
        this.nearest = nearest;
        this.threshold = threshold;
        this.listener = listener;
    }

    /**
     * The groups, that with the best image's path first.
     *
     * @param threshold correlation from which images count as the same, from 0 to 1
     * @param decoder of the files
     * @param threads to read and compare with
     */
    public static List<DuplicateGroup> find(ImageIndex index, float threshold, ImageDecoder decoder, int threads,
            Listener listener) {
        Nearest nearest = image -> index.search(SearchQuery.of(vector(index, image), CANDIDATES + 1)).stream()
                .map(Hit::image).toList();
        return new Duplicates(nearest, threshold, listener).find(index.images(), decoder, threads);
    }

    /** The groups among some images of the index, of which each is compared with all others. */
    public static List<DuplicateGroup> among(List<IndexedImage> images, ImageIndex index, float threshold,
            ImageDecoder decoder, int threads, Listener listener) {
        Map<IndexedImage, float[]> vectors = new HashMap<>();
        images.forEach(image -> vectors.put(image, vector(index, image)));
        Nearest nearest = image -> {
            Map<IndexedImage, Float> cosines = new HashMap<>();
            vectors.forEach((other, vector) -> cosines.put(other, Clip.similarity(vectors.get(image), vector)));
            return images.stream().sorted(Comparator.comparing(cosines::get).reversed()).limit(CANDIDATES + 1).toList();
        };
        return new Duplicates(nearest, threshold, listener).find(images, decoder, threads);
    }

    private List<DuplicateGroup> find(List<IndexedImage> all, ImageDecoder decoder, int threads) {
        for (IndexedImage image : all) {
            List<IndexedImage> same = copies.computeIfAbsent(content(image), _ -> new ArrayList<>());
            if (same.isEmpty()) {
                numbers.put(image.path(), images.size());
                images.add(image);
            }
            same.add(image);
        }
        prints = new Thumbprint[images.size()];
        parent = new int[images.size()];
        Arrays.setAll(parent, i -> i);
        likeness = new float[images.size()];
        read(decoder, threads);
        try (Kernels kernels = Kernels.create(threads)) {
            for (int first = 0; first < images.size(); first += BATCH) {
                int count = Math.min(BATCH, images.size() - first);
                compare(kernels, first, count);
                listener.advanced(count);
            }
        }
        return groups();
    }

    /** Tells contents apart; one that is not known is like no other. */
    private static String content(IndexedImage image) {
        return image.sha256().isEmpty() ? image.path() : image.sha256();
    }

    private void read(ImageDecoder decoder, int threads) {
        IndexedFiles files = new IndexedFiles(decoder);
        try (Ahead<IndexedImage, Thumbprint> ahead = new Ahead<>(images.iterator(),
                image -> Thumbprint.of(files.decode(image)), threads, READ_AHEAD)) {
            for (int i = 0; ahead.hasNext(); i++) {
                try {
                    prints[i] = ahead.next();
                } catch (ImageException e) {
                    listener.leftOut(e.getMessage());
                }
                listener.advanced(1);
            }
        }
    }

    /** Compares some images with those that are near them, several at once. */
    private void compare(Kernels kernels, int first, int count) {
        List<int[]> near = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            near.add(prints[i] == null ? new int[0] : near(images.get(i)));
        }
        float[][] scores = new float[count][];
        kernels.parallel(count, i -> scores[i] = scores(kernels, first + i, near.get(i)));
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < scores[i].length; c++) {
                if (scores[i][c] >= threshold) {
                    join(first + i, near.get(i)[c], scores[i][c]);
                }
            }
        }
    }

    /** That of an image, which is like no other if it has been removed meanwhile. */
    private static float[] vector(ImageIndex index, IndexedImage image) {
        return index.embedding(image.path()).orElseGet(() -> new float[index.dimension()]);
    }

    private int[] near(IndexedImage image) {
        return nearest.of(image).stream().map(IndexedImage::path)
                .filter(path -> !path.equals(image.path()) && numbers.containsKey(path)).mapToInt(numbers::get)
                .filter(other -> prints[other] != null).toArray();
    }

    /** How alike each of some images is to one image, or to a part of it in one of its places, in the best turn. */
    private float[] scores(Kernels kernels, int image, int[] others) {
        float[] scores = new float[others.length];
        if (others.length == 0) {
            return scores;
        }
        float[] parts = new float[others.length * Thumbprint.TURNS * Thumbprint.PART];
        float[] wholes = new float[others.length * Thumbprint.TURNS * Thumbprint.WHOLE];
        for (int i = 0; i < others.length; i++) {
            float[] structure = prints[others[i]].structure();
            Thumbprint.turns(structure, Thumbprint.SIDE, wholes, i * Thumbprint.TURNS);
            Thumbprint.turns(Thumbprint.shrunk(structure), Thumbprint.CROP, parts, i * Thumbprint.TURNS);
        }
        float[] structure = prints[image].structure();
        best(kernels, Thumbprint.places(structure), Thumbprint.PLACES, parts, Thumbprint.PART, scores);
        Thumbprint.normalize(structure, 0, Thumbprint.WHOLE);
        best(kernels, structure, 1, wholes, Thumbprint.WHOLE, scores);
        return scores;
    }

    /** Raises each score to the best of the products of m rows with its eight. */
    private static void best(Kernels kernels, float[] rows, int m, float[] turned, int size, float[] scores) {
        int n = scores.length * Thumbprint.TURNS;
        PackedMatrix columns = kernels.pack(n, size, RowReader.of(turned, size));
        float[] products = new float[m * n];
        kernels.multiply(rows, m, columns, null, Epilogue.NONE, products); // [m, n]
        for (int i = 0; i < products.length; i++) {
            int other = i % n / Thumbprint.TURNS;
            scores[other] = Math.max(scores[other], products[i]);
        }
    }

    private void join(int a, int b, float similarity) {
        likeness[a] = Math.max(likeness[a], similarity);
        likeness[b] = Math.max(likeness[b], similarity);
        parent[root(a)] = root(b);
    }

    private int root(int image) {
        int at = image;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    private List<DuplicateGroup> groups() {
        Map<Integer, List<IndexedImage>> byRoot = new HashMap<>();
        Map<String, Float> similarity = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            List<IndexedImage> same = copies.get(content(images.get(i)));
            byRoot.computeIfAbsent(root(i), _ -> new ArrayList<>()).addAll(same);
            for (IndexedImage image : same) {
                similarity.put(image.path(), same.size() > 1 ? 1 : Math.min(1, likeness[i]));
            }
        }
        Map<String, DuplicateGroup> groups = new TreeMap<>();
        for (Collection<IndexedImage> members : byRoot.values()) {
            if (members.size() > 1) {
                List<IndexedImage> sorted = members.stream().sorted(BEST_FIRST).toList();
                groups.put(sorted.getFirst().path(), new DuplicateGroup(sorted,
                        sorted.stream().map(image -> similarity.get(image.path())).toList()));
            }
        }
        return List.copyOf(groups.values());
    }
}
