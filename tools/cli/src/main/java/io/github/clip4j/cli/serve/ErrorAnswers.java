package io.github.clip4j.cli.serve;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What is refused or thrown, as JSON of one line; what nobody foresaw is noted and not shown. */
final class ErrorAnswers extends ErrorHandler {
    private static final String RETRY_SECONDS = "1";
    static final String BUSY = "the server has too much to do; try again later";
    /** How long the rest of a body is read that nobody wants. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Log log;

    ErrorAnswers(Log log) {
        this.log = log;
    }

    record Answer(String error) {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        Guard.protect(headers);
        Object thrown = request.getAttribute(ERROR_EXCEPTION);
        switch (thrown) {
            case ApiException e -> mark(response, e);
            case HttpException e -> response.setStatus(e.getCode());
            case null, default -> {
            }
        }
        answer(response, message(request, response.getStatus(), thrown), callback);
        return true;
    }

    private static void answer(Response response, String message, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        if (response.getStatus() == HttpStatus.SERVICE_UNAVAILABLE_503) {
            headers.put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
        }
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(Options.json(new Answer(message))), callback);
    }

    /**
     * Answers without waiting for the body and then reads what still comes of it: were the connection closed meanwhile,
     * as Jetty does, the sender would see that it is broken, and not why.
     */
    static void refuse(Request request, Response response, Callback callback, ApiException why) {
        if (response.isCommitted()) {
            callback.failed(why);
            return;
        }
        Deadline deadline = Deadline.of(System.nanoTime(), LINGER);
        mark(response, why);
        Content.Chunk end = discardBody(request, deadline);
        if (end == null || !end.isLast() || Content.Chunk.isFailure(end)) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        answer(response, why.getMessage(),
                Callback.from(() -> linger(request, deadline, callback, end), callback::failed));
    }

    private static void mark(Response response, ApiException why) {
        response.setStatus(why.status());
        why.header().ifPresent(response.getHeaders()::put);
    }

    private static void linger(Request request, Deadline deadline, Callback callback, Content.Chunk end) {
        if (end != null) {
            callback.succeeded();
        } else {
            request.demand(() -> linger(request, deadline, callback, discardBody(request, deadline)));
        }
    }

    /** Reads what is there; returns what ended it, the time or the body or its failure, or null if more is to come. */
    private static Content.Chunk discardBody(Request request, Deadline deadline) {
        for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
            chunk.release();
            if (chunk.isLast() || deadline.isOver()) {
                return chunk;
            }
        }
        return null;
    }

    private String message(Request request, int status, Object thrown) {
        if (status == HttpStatus.INTERNAL_SERVER_ERROR_500) {
            String id = UUID.randomUUID().toString();
            log.line("fault " + id + ": " + request.getMethod() + " " + request.getHttpURI().getPath() + ": " + thrown);
            return "something is wrong in the server, which has noted it as fault " + id;
        }
        return switch (thrown) {
            case ApiException e -> e.getMessage();
            case HttpException e when e.getReason() != null -> e.getReason();
            case null, default -> status == HttpStatus.SERVICE_UNAVAILABLE_503
                    ? BUSY
                    : thrown == null && request.getAttribute(ERROR_MESSAGE) instanceof String told
                            ? told
                            : HttpStatus.getMessage(status);
        };
    }
}
