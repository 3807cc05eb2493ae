package io.github.clip4j.evaluate;

import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Zero-shot classification: for each image, the classes ranked by how well their prompts fit.
 *
 * @param classes their names
 * @param rankings one for each image, in order
 */
public record ZeroShot(List<String> classes, List<Ranking> rankings) {
    /**
     * What became of an image.
     *
     * @param expected index of the image's class
     * @param rank of that class, counted from 0
     * @param predicted index of the class that was ranked first
     * @param confidence its probability: the softmax of the logits over all classes
     */
    public record Ranking(int expected, int rank, int predicted, double confidence) {
        public boolean right() {
            return rank == 0;
        }
    }

    public ZeroShot {
        classes = List.copyOf(classes);
        rankings = List.copyOf(rankings);
        if (rankings.isEmpty()) {
            throw new IllegalArgumentException("no images to classify");
        }
    }

    /**
     * Ranks the classes for each image by dot product, equal ones by index.
     *
     * @param images unit vectors
     * @param expected the index of each image's class
     * @param logitScale what a dot product is multiplied with to become a logit
     * @throws IllegalArgumentException if there are no images or an embedding is not finite
     */
    public static ZeroShot classify(List<float[]> images, int[] expected, LabelEmbeddings classes, float logitScale,
            Kernels kernels) {
        if (images.size() != expected.length) {
            throw new IllegalArgumentException(images.size() + " images, but " + expected.length + " classes of them");
        }
        int n = classes.labels().size();
        List<Ranking> rankings = new ArrayList<>(images.size());
        Similarities.forEach(images, classes.embeddings(), kernels, (image, scores, offset) -> {
            int predicted = 0;
            for (int c = 1; c < n; c++) {
                predicted = scores[offset + c] > scores[offset + predicted] ? c : predicted;
            }
            double sum = 0;
            for (int c = 0; c < n; c++) {
                sum += Math.exp(logitScale * ((double) scores[offset + c] - scores[offset + predicted]));
            }
            int rank = Similarities.rank(scores, offset, n, expected[image]);
            rankings.add(new Ranking(expected[image], rank, predicted, 1 / sum));
        });
        return new ZeroShot(classes.labels(), rankings);
    }

    /** The share of images whose class is among the first k. */
    public double scoreAt(int k) {
        return Recall.below(k, rankings.stream().mapToInt(Ranking::rank).toArray());
    }

    /** Whether the first class is right as often as its probability says. */
    public Reliability reliability() {
        boolean[] right = new boolean[rankings.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = rankings.get(i).right();
        }
        return Reliability.of(rankings.stream().mapToDouble(Ranking::confidence).toArray(), right);
    }

    /** How many images of class {@code [expected]} were taken for class {@code [predicted]}. */
    public int[][] confusion() {
        int[][] counts = new int[classes.size()][classes.size()];
        rankings.forEach(ranking -> counts[ranking.expected()][ranking.predicted()]++);
        return counts;
    }

    /** The figures of every class, in order. */
    public List<ClassFigures> perClass() {
        int[][] confusion = confusion();
        return IntStream.range(0, classes.size()).mapToObj(c -> ClassFigures.of(classes.get(c), c, confusion)).toList();
    }

    /** The mean F1 of the classes that have images, each of the same weight. */
    public double macroF1() {
        return perClass().stream().filter(figures -> figures.images() > 0).mapToDouble(ClassFigures::f1).average()
                .orElseThrow();
    }

    /** The images whose class was not ranked first, by index, the most confident mistake first. */
    public List<Integer> mistakes() {
        return byConfidence(false);
    }

    /** The images whose class was ranked first, by index, the most confident one first. */
    public List<Integer> right() {
        return byConfidence(true);
    }

    private List<Integer> byConfidence(boolean right) {
        return IntStream.range(0, rankings.size()).boxed()
                .filter(image -> rankings.get(image).right() == right)
                .sorted(Comparator.comparing((Integer image) -> rankings.get(image).confidence()).reversed())
                .toList();
    }
}
