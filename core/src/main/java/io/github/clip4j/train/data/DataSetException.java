package io.github.clip4j.train.data;

/** A file of a data set is missing, malformed or not what training needs; the message names file and line. */
public final class DataSetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DataSetException(String message) {
        super(message);
    }

    DataSetException(String message, Throwable cause) {
        super(message, cause);
    }
}
