package io.github.clip4j.image;

/** A file is not an image that can be decoded, or is larger than the limits allow; the message names it. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
