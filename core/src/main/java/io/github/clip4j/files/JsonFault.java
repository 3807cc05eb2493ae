package io.github.clip4j.files;

import com.fasterxml.jackson.core.JacksonException;

/** What is wrong with JSON, for who wrote it and not for who programs with Jackson. */
public final class JsonFault {
    private JsonFault() {}

    /** Without the settings of Jackson that would allow it. */
    public static String of(JacksonException e) {
        return String.valueOf(e.getOriginalMessage()).replaceFirst("(?s)(: enable `| \\(not recognized).*", "");
    }
}
