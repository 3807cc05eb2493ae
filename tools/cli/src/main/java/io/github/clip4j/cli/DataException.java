package io.github.clip4j.cli;

/** A file or address holds what a command cannot use: exit code 1. */
final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DataException(String message) {
        super(message);
    }

    DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
