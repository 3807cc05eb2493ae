package io.github.clip4j.cli.shared;

/** The command line asks for something that cannot be: exit code 2. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message);
    }
}
