package io.github.clip4j;

import java.util.ArrayList;
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
