package io.github.clip4j.hub;

/** A model that was named is not to be had; the message names it and says what to do. */
public class HubException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HubException(String message) {
        super(message);
    }

    public HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
