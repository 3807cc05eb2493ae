package io.github.clip4j.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** A request to the API and its one answer. */
final class Exchange {
    private static final String JSON = "application/json";
    private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/bmp",
            "image/x-ms-bmp",
            "image/tiff", "image/webp");
    /** Enough for all texts that a request may have. */
    private static final long MAX_JSON = 4 << 20;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Map<String, String> path;
    private final Deadline deadline;
    private final long maxBody;

    /** @param path the parts of the address that differ, by name */
    Exchange(Request request, Response response, Callback callback, Map<String, String> path, Deadline deadline,
            long maxBody) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.path = path;
        this.deadline = deadline;
        this.maxBody = maxBody;
    }

    Deadline deadline() {
        return deadline;
    }

    String path(String name) {
        return path.get(name);
    }

    /** The body as an object, or the query's parameters where the body is an image. */
    <T> T options(Class<T> type) {
        Map<String, List<String>> parameters = parameters();
        if (isImage()) {
            return Options.of(parameters, type);
        }
        if (!contentType().equals(JSON)) {
            throw new ApiException(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                    "the body is \"%s\", expected %s or an image such as image/jpeg".formatted(contentType(), JSON));
        }
        if (!parameters.isEmpty()) {
            throw ApiException.badRequest("with a JSON body, options go there and not into the address");
        }
        return Options.read(body(Math.min(MAX_JSON, maxBody)), type);
    }

    /** Whether the body is an image. */
    boolean isImage() {
        return IMAGES.contains(contentType());
    }

    /** The body, in a file that is the caller's to delete. */
    Path upload() {
        try {
            Path file = Files.createTempFile("clip-", ".upload");
            try (InputStream body = body(maxBody)) {
                Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (Throwable e) {
                Files.delete(file);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream body(long limit) {
        BodyStream.requireLength(request.getLength(), limit);
        return new BodyStream(Request.asInputStream(request), deadline, limit, System::nanoTime);
    }

    private String contentType() {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private Map<String, List<String>> parameters() {
        Fields fields = ApiException.blamed(() -> Request.extractQueryParameters(request));
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        fields.forEach(field -> parameters.put(field.getName(), field.getValues()));
        return parameters;
    }

    void json(Object answer) {
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        bytes(JSON, Options.json(answer));
    }

    void bytes(String type, byte[] content) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        response.write(true, ByteBuffer.wrap(content), callback);
    }

    void file(String type, Path file, long size) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, size);
        Content.copy(Content.Source.from(file), response, callback);
    }

    /** Lets the browser keep what is answered: tells whether it has this version already, and answers so. */
    boolean isCached(String tag) {
        String quoted = "\"" + tag + "\"";
        response.getHeaders().put(HttpHeader.ETAG, quoted);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "private, no-cache");
        boolean known = quoted.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH));
        if (known) {
            response.setStatus(HttpStatus.NOT_MODIFIED_304);
            callback.succeeded();
        }
        return known;
    }

    void cookie(HttpCookie cookie) {
        Response.addCookie(response, cookie);
    }
}
