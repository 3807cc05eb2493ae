package io.github.clip4j.train.data;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts made of an image's class, such as "an aerial photograph of bare land", that take the place of some captions.
 *
 * @param share of the texts, 0 to 1: the probability that a pair has a prompt in place of its caption
 * @param prompts token ids of the prompts of each label
 */
public record ClassPrompts(double share, Map<String, List<int[]>> prompts) {
    /** Captions only. */
    public static final ClassPrompts NONE = new ClassPrompts(0, Map.of());
    /** Four ways to speak of an aerial photograph; the class stands in place of the braces. */
    public static final List<String> AERIAL_TEMPLATES = List.of("an aerial photograph of {}",
            "aerial photograph of {}", "a satellite image of {}", "{}");

    /** @throws IllegalArgumentException if {@code share} is not 0 to 1 */
    public ClassPrompts {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share of class prompts: expected 0 to 1, found " + share);
        }
    }

    /**
     * The prompts of every label of a data set, one of each template.
     *
     * @param names readable names by label, as {@link #readNames} gives them
     * @throws DataSetException if a label has no name or a prompt is too long
     * @throws IllegalArgumentException if {@code share} is not 0 to 1, there is no template or one has no braces
     */
    public static ClassPrompts of(double share, CaptionedImages data, Map<String, String> names, List<String> templates,
            CaptionTokenizer tokenizer) {
        if (templates.isEmpty() || !templates.stream().allMatch(template -> template.contains("{}"))) {
            throw new IllegalArgumentException("templates: expected {} in each of one or more, found " + templates);
        }
        Map<String, List<int[]>> prompts = new LinkedHashMap<>();
        for (CaptionedImage image : data.images()) {
            String name = names.get(image.label());
            if (name == null) {
                throw new DataSetException("%s: %s is of class %s, which has no name; add it to the class names"
                        .formatted(data.source(), image.file(), JsonText.quote(image.label())));
            }
            prompts.computeIfAbsent(image.label(), _ -> templates.stream()
                    .map(template -> tokenizer.encode(template.replace("{}", name), "a class prompt")).toList());
        }
        return new ClassPrompts(share, prompts);
    }

    /**
     * Reads the names of classes from a JSON object, {@code {"bareland": "bare land", ...}}, in its order.
     *
     * @throws DataSetException naming file and line, if it is anything else or a name is blank
     */
    public static Map<String, String> readNames(Path file) {
        return JsonText.read(file, json -> {
            Map<String, String> names = new LinkedHashMap<>();
            json.nextToken();
            JsonText.require(json, JsonToken.START_OBJECT, "an object of names by class");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String label = json.currentName();
                json.nextToken();
                String name = JsonText.string(json, "a name of class " + JsonText.quote(label));
                if (name.isBlank()) {
                    throw new DataSetException(
                            file + ": the name of class " + JsonText.quote(label) + " is blank, expected a text");
                }
                names.put(label, name);
            }
            json.nextToken();
            JsonText.require(json, null, "nothing after the object");
            return names;
        });
    }
}
