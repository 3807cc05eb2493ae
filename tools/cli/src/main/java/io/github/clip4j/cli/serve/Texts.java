package io.github.clip4j.cli.serve;

import java.util.List;
import java.util.Objects;

/** Lists of strings in a request. */
public final class Texts {
    /** The longest text in UTF-16 units, well above what a model takes. */
    static final int MAX_LENGTH = 1000;

    private Texts() {}

    /**
     * The texts, none where there is no list.
     *
     * @throws IllegalArgumentException if there are too many, or one is empty or too long
     */
    static List<String> checked(String name, List<String> texts, int max) {
        if (texts == null) {
            return List.of();
        }
        if (texts.size() > max) {
            throw new IllegalArgumentException(
                    "\"%s\": %d of them, more than the limit of %d".formatted(name, texts.size(), max));
        }
        if (texts.stream().anyMatch(text -> Objects.requireNonNullElse(text, "").isBlank())) {
            throw new IllegalArgumentException("\"" + name + "\": one is empty");
        }
        for (String text : texts) {
            if (text.length() > MAX_LENGTH) {
                throw new IllegalArgumentException("\"%s\": one has %d characters, more than the limit of %d"
                        .formatted(name, text.length(), MAX_LENGTH));
            }
        }
        return List.copyOf(texts);
    }

    /** @throws IllegalArgumentException if there is none, or it is empty or too long */
    static String required(String name, String text) {
        if (text == null) {
            throw new IllegalArgumentException("\"" + name + "\" is missing");
        }
        return checked(name, List.of(text), 1).getFirst();
    }
}
