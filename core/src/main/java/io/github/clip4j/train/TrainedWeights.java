package io.github.clip4j.train;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which weights of a model train, in words: one or more of these with commas between.
 *
 * <pre>
 * all                 everything
 * vision, text        a tower and its projection
 * vision.layers>=N    the upper part of a tower: its blocks from N on, counted from 0, the layer norm after them and
 * text.layers>=N      its projection
 * projections         the projections of both towers
 * logit_scale         the factor of the similarities
 * </pre>
 */
public final class TrainedWeights {
    private static final Pattern UPPER = Pattern.compile("(vision|text)\\.layers>=(\\d{1,9})");
    private static final Pattern BLOCK = Pattern.compile("(?s)\\w+\\.encoder\\.layers\\.(\\d+)\\..*");

    private TrainedWeights() {}

    /**
     * The tensors of a model that train, by name.
     *
     * @throws IllegalArgumentException naming the word that means nothing or matches no layer of this model
     */
    public static Predicate<String> parse(String words, ClipConfig config) {
        Predicate<String> trained = _ -> false;
        for (String word : words.split(",", -1)) {
            trained = trained.or(word(word.strip(), config));
        }
        return trained;
    }

    private static Predicate<String> word(String word, ClipConfig config) {
        Matcher upper = UPPER.matcher(word);
        if (upper.matches()) {
            boolean vision = upper.group(1).equals("vision");
            return upper(word, Integer.parseInt(upper.group(2)), vision ? "vision" : "text",
                    vision ? config.vision().tower() : config.text().tower());
        }
        return switch (word) {
            case "all" -> _ -> true;
            case "vision" -> name -> inTower(name, "vision");
            case "text" -> name -> inTower(name, "text");
            case "projections" -> name -> name.endsWith("_projection.weight");
            case "logit_scale" -> name -> name.equals("logit_scale");
            default -> throw new IllegalArgumentException("weights to train: \"" + word + "\" means nothing; expected "
                    + "all, vision, text, vision.layers>=N, text.layers>=N, projections or logit_scale, or several "
                    + "with commas between");
        };
    }

    private static Predicate<String> upper(String word, int first, String tower, TowerConfig config) {
        if (first >= config.layers()) {
            throw new IllegalArgumentException("weights to train: \"" + word + "\" matches nothing, the layers of the "
                    + tower + " tower are 0 to " + (config.layers() - 1));
        }
        return name -> {
            Matcher block = BLOCK.matcher(name);
            boolean below = block.matches()
                    ? Integer.parseInt(block.group(1)) < first
                    : name.contains(".embeddings.") || name.contains(".pre_layrnorm.");
            return inTower(name, tower) && !below;
        };
    }

    private static boolean inTower(String name, String tower) {
        return name.startsWith(tower + "_model.")
                || name.equals((tower.equals("vision") ? "visual" : tower) + "_projection.weight");
    }
}
