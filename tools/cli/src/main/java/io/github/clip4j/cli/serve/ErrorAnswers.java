package io.github.clip4j.cli.serve;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What was thrown, or Jetty refuses, as JSON of one line; what nobody foresaw is noted and not shown. */
final class ErrorAnswers extends ErrorHandler {
    private static final String RETRY_SECONDS = "1";

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
            case ApiException e -> {
                response.setStatus(e.status());
                e.header().ifPresent(headers::put);
            }
            case HttpException e -> response.setStatus(e.getCode());
            case null, default -> {
            }
        }
        int status = response.getStatus();
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            headers.put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
        }
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(Options.json(new Answer(message(request, status, thrown)))), callback);
        return true;
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
                    ? "the server has too much to do; try again later"
                    : thrown == null && request.getAttribute(ERROR_MESSAGE) instanceof String told
                            ? told
                            : HttpStatus.getMessage(status);
        };
    }
}
