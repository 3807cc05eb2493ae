package io.github.clip4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Labels with their embeddings, computed once by {@link Clip#embedLabels} and used for any number of images.
 *
 * @param embeddings a unit vector for each label
 */
public record LabelEmbeddings(List<String> labels, List<float[]> embeddings) {
    /** Where a template takes the label. */
    private static final String PLACE = "{}";

    public LabelEmbeddings {
        labels = List.copyOf(labels);
        embeddings = List.copyOf(embeddings);
        if (labels.size() != embeddings.size()) {
            throw new IllegalArgumentException(labels.size() + " labels but " + embeddings.size() + " embeddings");
        }
    }

    /**
     * Checks what {@link Clip#embedLabels} is to be given; no model is needed for it.
     *
     * @throws IllegalArgumentException if there are no labels, one is blank or given twice, or a template has no braces
     */
    public static void check(List<String> labels, List<String> templates) {
        if (labels.isEmpty() || templates.isEmpty()) {
            throw new IllegalArgumentException(
                    "no " + (labels.isEmpty() ? "labels" : "templates") + ", at least one is needed");
        }
        Set<String> seen = new HashSet<>();
        for (String label : labels) {
            if (label.isBlank()) {
                throw new IllegalArgumentException("label \"" + label + "\" is empty");
            }
            if (!seen.add(label)) {
                throw new IllegalArgumentException("label \"" + label + "\" is given twice");
            }
        }
        for (String template : templates) {
            if (!template.contains(PLACE)) {
                throw new IllegalArgumentException(
                        "template \"" + template + "\" has no {} for the label, as in \"a photo of a {}\"");
            }
        }
    }

    /**
     * A prompt ensemble: each label's embedding is the mean of its embeddings by several prompts, scaled to unit length.
     *
     * @param prompts the same labels, each time embedded by another prompt
     * @throws IllegalArgumentException if there are none or their labels are not the same
     */
    public static LabelEmbeddings ensemble(List<LabelEmbeddings> prompts) {
        List<String> labels = prompts.isEmpty() ? List.of() : prompts.getFirst().labels();
        if (labels.isEmpty() || !prompts.stream().allMatch(prompt -> prompt.labels().equals(labels))) {
            throw new IllegalArgumentException("an ensemble of " + prompts.size()
                    + " prompts, expected one or more of the same labels");
        }
        List<float[]> embeddings = new ArrayList<>(labels.size());
        for (int i = 0; i < labels.size(); i++) {
            int label = i;
            embeddings.add(mean(prompts.stream().map(prompt -> prompt.embeddings().get(label)).toList()));
        }
        return new LabelEmbeddings(labels, embeddings);
    }

    /** The mean of unit vectors, scaled to unit length; that of a single one is the vector itself. */
    static float[] mean(List<float[]> vectors) {
        if (vectors.size() == 1) {
            return vectors.getFirst();
        }
        double[] sum = new double[vectors.getFirst().length];
        for (float[] vector : vectors) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / length);
        }
        return mean;
    }

    /** Every template with every label filled in, label by label. */
    static List<String> prompts(List<String> labels, List<String> templates) {
        check(labels, templates);
        List<String> prompts = new ArrayList<>();
        for (String label : labels) {
            for (String template : templates) {
                prompts.add(template.replace(PLACE, label));
            }
        }
        return prompts;
    }
}
