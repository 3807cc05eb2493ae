package io.github.clip4j.train;

/** Training could not go on; the message names the step, the reason and the last good checkpoint. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
