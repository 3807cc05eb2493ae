package io.github.clip4j.webdataset;

/** A tar cannot be read, or not to its end; the message names it. */
public final class WebDatasetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WebDatasetException(String message) {
        super(message);
    }

    public WebDatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
