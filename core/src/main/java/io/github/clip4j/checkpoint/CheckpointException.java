package io.github.clip4j.checkpoint;

/** A model's file or one of its tensors is missing, malformed or not what the model needs; the message names it. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
