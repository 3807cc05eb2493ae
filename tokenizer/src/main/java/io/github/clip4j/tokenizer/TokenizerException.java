package io.github.clip4j.tokenizer;

/** A tokenizer's file is missing, malformed or not CLIP's byte-pair encoding; the message names the file. */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 1_000;

    TokenizerException(String message) {
        super(oneLine(message));
    }

    TokenizerException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Without control characters and of bounded length, whatever the file put into it. */
    private static String oneLine(String message) {
        String line = message.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
