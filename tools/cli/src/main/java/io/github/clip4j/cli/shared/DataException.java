package io.github.clip4j.cli.shared;

/** A file or address holds what a command cannot use: exit code 1. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
