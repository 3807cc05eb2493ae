package io.github.clip4j.cli.serve;

import io.github.clip4j.checkpoint.CheckpointException;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** A request that cannot be answered as it wants; the message is for who sent it. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Optional<HttpField> header;

    ApiException(int status, String message) {
        this(status, message, Optional.empty());
    }

    private ApiException(int status, String message, Optional<HttpField> header) {
        super(message);
        this.status = status;
        this.header = header;
    }

    /** What calls with values out of a request throw is the request's fault, also that it wants what the model lacks. */
    static <T> T blamed(Supplier<T> call) {
        try {
            return call.get();
        } catch (IllegalArgumentException | CheckpointException e) {
            throw badRequest(e.getMessage());
        }
    }

    static ApiException badRequest(String message) {
        return new ApiException(HttpStatus.BAD_REQUEST_400, message);
    }

    static ApiException unauthorized() {
        return new ApiException(HttpStatus.UNAUTHORIZED_401, "the token is missing or wrong",
                Optional.of(new HttpField(HttpHeader.WWW_AUTHENTICATE, "Bearer")));
    }

    static ApiException forbidden(String message) {
        return new ApiException(HttpStatus.FORBIDDEN_403, message);
    }

    static ApiException notFound(String message) {
        return new ApiException(HttpStatus.NOT_FOUND_404, message);
    }

    static ApiException notAllowed(String method, String allowed) {
        return new ApiException(HttpStatus.METHOD_NOT_ALLOWED_405,
                method + " is not for this address, expected " + allowed,
                Optional.of(new HttpField(HttpHeader.ALLOW, allowed)));
    }

    static ApiException overloaded(String message) {
        return new ApiException(HttpStatus.SERVICE_UNAVAILABLE_503, message);
    }

    int status() {
        return status;
    }

    /** What has to go with the status. */
    Optional<HttpField> header() {
        return header;
    }
}
