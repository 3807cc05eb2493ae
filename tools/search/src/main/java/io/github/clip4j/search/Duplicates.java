package io.github.clip4j.search;

import io.github.clip4j.Clip;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.search.ImageIndex.Neighbours;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

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

    /**
     * Nearest images that are looked at: among a million, of which a hundred are parts of the same photograph, 95 of 100
     * copies are among their original's, and 94 with half as many.
     */
    private static final int CANDIDATES = 48;
    /**
     * How far below the threshold images may be at half the resolution: for each threshold from 0.5 to 0.9 more than any
     * of 900 pairs needs, and it leaves 13 of 100 images to be compared at the full one.
     */
    private static final float COARSE_MARGIN = 0.3f;
    private static final int READ_AHEAD = 64;
    /** Images that are compared with those near them at once. */
    private static final int BATCH = 64;
    private static final Comparator<IndexedImage> BEST_FIRST = Comparator
            .comparingLong((IndexedImage image) -> -(long) image.width() * image.height())
            .thenComparingLong(image -> -image.size()).thenComparing(IndexedImage::path);

    private final List<IndexedImage> images;
    private final Neighbours neighbours;
    private final float threshold;
    private final Listener listener;
    /** The numbers of one image of each content. */
    private final int[] contents;
    /** Of each image that with the same content. */
    private final int[] contentOf;
    /** Of those of {@link #contents}. */
    private final Thumbprint[] prints;
    private final int[] parent;
    private final float[] likeness;

    /** Is told how far it has come, in the thread that runs it. */
    public interface Listener {
        /** So many images of the index more are dealt with; each comes twice. */
        void advanced(int count);

        /** A file cannot be read any more, and why. */
        void leftOut(String message);
    }

    private Duplicates(List<IndexedImage> images, Neighbours neighbours, float threshold, Listener listener) {
        this.images = images;
        this.neighbours = neighbours;
        this.threshold = threshold;
        this.listener = listener;
        this.contentOf = contents(images);
        this.contents = IntStream.range(0, images.size()).filter(i -> contentOf[i] == i).toArray();
        this.prints = new Thumbprint[images.size()];
        this.parent = contentOf.clone();
        this.likeness = new float[images.size()];
        for (int i = 0; i < contentOf.length; i++) {
            if (contentOf[i] != i) {
                likeness[contentOf[i]] = 1;
            }
        }
    }

    /** Of each image the first with the same content; one that is not known is like no other. */
    private static int[] contents(List<IndexedImage> images) {
        Map<String, Integer> first = new HashMap<>();
        int[] contents = new int[images.size()];
        for (int i = 0; i < contents.length; i++) {
            String sha256 = images.get(i).sha256();
            Integer earlier = sha256.isEmpty() ? null : first.putIfAbsent(sha256, i);
            contents[i] = earlier == null ? i : earlier;
        }
        return contents;
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
        return index.neighbourhood(CANDIDATES + 1,
                (images, neighbours) -> new Duplicates(images, neighbours, threshold, listener).find(decoder, threads));
    }

    /** The groups among some images of the index, of which each is compared with all others. */
    public static List<DuplicateGroup> among(List<IndexedImage> images, ImageIndex index, float threshold,
            ImageDecoder decoder, int threads, Listener listener) {
        // one that has been removed meanwhile is like no other
        List<float[]> vectors = images.stream()
                .map(image -> index.embedding(image.path()).orElseGet(() -> new float[index.dimension()])).toList();
        Neighbours nearest = image -> {
            double[] cosines = vectors.stream()
                    .mapToDouble(vector -> Clip.similarity(vectors.get(image), vector)).toArray();
            return IntStream.range(0, images.size()).boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -cosines[i])).limit(CANDIDATES + 1)
                    .mapToInt(i -> i).toArray();
        };
        return new Duplicates(images, nearest, threshold, listener).find(decoder, threads);
    }

    private List<DuplicateGroup> find(ImageDecoder decoder, int threads) {
        read(decoder, threads);
        try (Kernels kernels = Kernels.create(threads)) {
            for (int from = 0; from < contents.length; from += BATCH) {
                int count = Math.min(BATCH, contents.length - from);
                compare(kernels, Arrays.copyOfRange(contents, from, from + count));
                listener.advanced(count);
            }
        }
        return groups();
    }

    private void read(ImageDecoder decoder, int threads) {
        listener.advanced(2 * (images.size() - contents.length));
        IndexedFiles files = new IndexedFiles(decoder);
        try (Ahead<Integer, Thumbprint> ahead = new Ahead<>(Arrays.stream(contents).iterator(),
                i -> Thumbprint.of(files.decode(images.get(i))), threads, READ_AHEAD)) {
            for (int i = 0; ahead.hasNext(); i++) {
                try {
                    prints[contents[i]] = ahead.next();
                } catch (ImageException e) {
                    listener.leftOut(e.getMessage());
                }
                listener.advanced(1);
            }
        }
    }

    /** Compares some images with those that are near them, several at once. */
    private void compare(Kernels kernels, int[] some) {
        int[][] near = new int[some.length][];
        float[][] scores = new float[some.length][];
        kernels.parallel(some.length, i -> {
            near[i] = prints[some[i]] == null ? new int[0] : perhapsAlike(kernels, some[i]);
            scores[i] = Likeness.FINE.of(kernels, prints[some[i]], prints(near[i]));
        });
        for (int i = 0; i < some.length; i++) {
            for (int j = 0; j < near[i].length; j++) {
                if (scores[i][j] >= threshold) {
                    join(some[i], near[i][j], scores[i][j]);
                }
            }
        }
    }

    /** Those near an image that are not told from it at half the resolution. */
    private int[] perhapsAlike(Kernels kernels, int image) {
        int[] near = Arrays.stream(neighbours.of(image)).map(other -> contentOf[other]).distinct()
                .filter(other -> other != image && prints[other] != null).toArray();
        float[] scores = Likeness.COARSE.of(kernels, prints[image], prints(near));
        return IntStream.range(0, near.length).filter(i -> scores[i] >= threshold - COARSE_MARGIN)
                .map(i -> near[i]).toArray();
    }

    private List<Thumbprint> prints(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(number -> prints[number]).toList();
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
        Map<Integer, List<Integer>> byRoot = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            byRoot.computeIfAbsent(root(i), _ -> new ArrayList<>()).add(i);
        }
        Map<String, DuplicateGroup> groups = new TreeMap<>();
        for (List<Integer> members : byRoot.values()) {
            if (members.size() > 1) {
                members.sort(Comparator.comparing(images::get, BEST_FIRST));
                groups.put(images.get(members.getFirst()).path(), new DuplicateGroup(
                        members.stream().map(images::get).toList(),
                        members.stream().map(i -> Math.min(1, likeness[contentOf[i]])).toList()));
            }
        }
        return List.copyOf(groups.values());
    }
}
