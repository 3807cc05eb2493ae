package io.github.clip4j.tokenizer;

/** A tokenizer's file is missing, malformed or not CLIP's byte-pair encoding; the message names the file. */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TokenizerException(String message) {
        super(message);
    }

    TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
