package io.github.clip4j.search;

/** An index is missing, damaged, in use or of another model; the message names it and what to do. */
public final class IndexException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public IndexException(String message) {
        super(message);
    }

    public IndexException(String message, Throwable cause) {
        super(message, cause);
    }
}
