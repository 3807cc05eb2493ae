package io.github.clip4j.image;

/** A file is not an image that can be decoded, or is larger than the limits allow; the message names it. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong, for who answers each in another way. */
    public enum Fault {
        /** It is of no format that is decoded. */
        NOT_AN_IMAGE,
        /** It exceeds a limit, or the memory that there is. */
        TOO_LARGE,
        /** It cannot be read, or not as what it claims to be. */
        BROKEN
    }

    private final Fault fault;

    public ImageException(String message) {
        this(Fault.BROKEN, message);
    }

    public ImageException(String message, Throwable cause) {
        this(Fault.BROKEN, message, cause);
    }

    ImageException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    ImageException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
