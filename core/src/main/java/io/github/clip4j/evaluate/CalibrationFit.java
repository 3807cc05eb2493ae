package io.github.clip4j.evaluate;

import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Finds the {@link Calibration} under which what is true is likeliest. Each image is asked about several times: which
 * of some of the classes is it, among which its own is every other time; else none is right. This is logistic
 * regression with two weights, u = 1 / T of a label's logit and v of none, so there is one best pair, and Newton's
 * method finds it.
 */
public final class CalibrationFit {
    /** Questions about each image. */
    private static final int QUESTIONS = 4;
    /** Keeps the weights finite where some pair makes no mistake at all. */
    private static final double RIDGE = 1e-6;

    private final List<Question> questions = new ArrayList<>();
    private final float logitScale;

    /**
     * @param logits of the labels to choose from
     * @param right the index of the right one; the number of labels where it is not among them
     */
    private record Question(double[] logits, int right) {}

    /**
     * @param images unit vectors
     * @param expected the index of each image's class
     * @param logitScale what a dot product is multiplied with to become a logit
     * @throws IllegalArgumentException if there are fewer than two classes or images
     */
    public CalibrationFit(List<float[]> images, int[] expected, LabelEmbeddings classes, float logitScale,
            Kernels kernels) {
        int n = classes.labels().size();
        if (n < 2 || images.size() < 2) {
            throw new IllegalArgumentException(
                    "a calibration takes at least two classes and images, found %d and %d".formatted(n, images.size()));
        }
        this.logitScale = logitScale;
        SplittableRandom random = new SplittableRandom(1);
        Similarities.forEach(images, classes.embeddings(), kernels, (image, scores, offset) -> {
            for (int q = 0; q < QUESTIONS; q++) {
                questions.add(question(scores, offset, n, expected[image], q % 2 == 0, random));
            }
        });
    }

    /** A question about 1 to n labels, few as often as many: the logarithm of their number is uniform. */
    private Question question(float[] scores, int offset, int n, int own, boolean among, SplittableRandom random) {
        int size = (int) Math.min(n - 1, Math.round(Math.exp(random.nextDouble(Math.log(n)))));
        int[] others = IntStream.range(0, n).filter(c -> c != own).toArray();
        double[] logits = new double[size];
        for (int i = 0; i < size; i++) {
            int swap = i + random.nextInt(others.length - i);
            int drawn = others[swap];
            others[swap] = others[i];
            logits[i] = logitScale * scores[offset + drawn];
        }
        if (among) {
            logits[0] = logitScale * scores[offset + own];
        }
        return new Question(logits, among ? 0 : size);
    }

    /** The calibration that fits all questions best. */
    public Calibration fit() {
        return fit(questions);
    }

    private Calibration fit(List<Question> some) {
        double[] w = {1, 0};
        double loss = loss(some, w);
        for (double scale = 1; scale > 1e-6;) {
            double[] step = newtonStep(some, w);
            double[] next = {w[0] + scale * step[0], w[1] + scale * step[1]};
            double nextLoss = loss(some, next);
            if (nextLoss < loss) {
                w = next;
                loss = nextLoss;
                scale = 1;
            } else {
                scale /= 2; // too far, or at the best
            }
        }
        double cosine = w[1] / (w[0] * logitScale);
        if (!(w[0] > 0 && Math.abs(cosine) <= 1)) {
            throw new IllegalArgumentException("the model's scores do not tell these classes apart");
        }
        return new Calibration(1 / w[0], cosine);
    }

    /** The mean of {@code -log p} of what is right, with a little for weights that are far from 1 and 0. */
    private static double loss(List<Question> some, double[] w) {
        double sum = 0;
        for (Question question : some) {
            sum -= Math.log(probabilities(question.logits, w)[question.right]);
        }
        return sum / some.size() + RIDGE / 2 * ((w[0] - 1) * (w[0] - 1) + w[1] * w[1]);
    }

    /** {@code -H⁻¹ g} of the loss; its features are [logit, 0] of labels and [0, 1] of none. */
    private static double[] newtonStep(List<Question> some, double[] w) {
        double gu = RIDGE * (w[0] - 1);
        double gv = RIDGE * w[1];
        double huu = RIDGE;
        double huv = 0;
        double hvv = RIDGE;
        for (Question question : some) {
            int n = question.logits.length;
            double[] p = probabilities(question.logits, w);
            double mean = 0;
            double square = 0;
            for (int i = 0; i < n; i++) {
                mean += p[i] * question.logits[i];
                square += p[i] * question.logits[i] * question.logits[i];
            }
            gu += (mean - (question.right < n ? question.logits[question.right] : 0)) / some.size();
            gv += (p[n] - (question.right < n ? 0 : 1)) / some.size();
            huu += (square - mean * mean) / some.size();
            huv -= mean * p[n] / some.size();
            hvv += (p[n] - p[n] * p[n]) / some.size();
        }
        double determinant = huu * hvv - huv * huv;
        return new double[]{(huv * gv - hvv * gu) / determinant, (huv * gu - huu * gv) / determinant};
    }

    /** Of the labels and, last, of none. */
    private static double[] probabilities(double[] logits, double[] w) {
        int n = logits.length;
        double[] p = new double[n + 1];
        double none = w[1] + Math.log(n);
        double max = none;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, w[0] * logits[i]);
        }
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            p[i] = Math.exp((i == n ? none : w[0] * logits[i]) - max);
            sum += p[i];
        }
        for (int i = 0; i <= n; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** How reliable a calibration by every other image is on the questions about those between. */
    public Reliability crossCheck() {
        Calibration calibration = fit(ofImages(0));
        double[] w = {1 / calibration.temperature(), logitScale * calibration.none() / calibration.temperature()};
        List<Question> held = ofImages(1);
        double[] confidence = new double[held.size()];
        boolean[] right = new boolean[held.size()];
        for (int i = 0; i < held.size(); i++) {
            double[] p = probabilities(held.get(i).logits, w);
            int best = IntStream.range(0, p.length).reduce((a, b) -> p[b] > p[a] ? b : a).orElseThrow();
            confidence[i] = p[best];
            right[i] = best == held.get(i).right;
        }
        return Reliability.of(confidence, right);
    }

    private List<Question> ofImages(int remainder) {
        return IntStream.range(0, questions.size()).filter(q -> q / QUESTIONS % 2 == remainder)
                .mapToObj(questions::get).toList();
    }
}
