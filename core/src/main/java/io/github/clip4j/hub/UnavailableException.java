package io.github.clip4j.hub;

/** The hub tells nothing about a file, so what is in the cache has to do. */
final class UnavailableException extends HubException {
    private static final long serialVersionUID = 1;

    UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
