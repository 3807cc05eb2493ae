package io.github.clip4j.cli.serve;

import io.github.clip4j.image.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The image of a request.
 *
 * @param temporary whether the file is the request's own, uploaded or taken out of a tar, and deleted with it
 */
record Picture(Path file, boolean temporary) implements AutoCloseable {
    /**
     * What {@code work} makes of the file.
     *
     * @throws ApiException without the file's path, if the image is at fault
     */
    <T> T read(Function<Path, T> work) {
        try {
            return work.apply(file);
        } catch (ImageException e) {
            int status = switch (e.fault()) {
                case NOT_AN_IMAGE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE_415;
                case TOO_LARGE -> HttpStatus.PAYLOAD_TOO_LARGE_413;
                case BROKEN -> HttpStatus.UNPROCESSABLE_ENTITY_422;
            };
            throw new ApiException(status, e.getMessage().replace(file.toString(), "the image"));
        }
    }

    @Override
    public void close() {
        try {
            if (temporary) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
