package io.github.clip4j.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The page: a few files, kept in memory; other requests go on to the next handler. */
final class PageHandler extends Handler.Abstract.NonBlocking {
    private record Content(String type, byte[] bytes) {}

    private final Map<String, Content> files = Map.of("/", load("index.html", "text/html; charset=utf-8"), "/style.css",
            load("style.css", "text/css; charset=utf-8"), "/app.js", load("app.js", "text/javascript; charset=utf-8"),
            "/icon.svg", load("icon.svg", "image/svg+xml"));

    private static Content load(String name, String type) {
        try (InputStream file = PageHandler.class.getResourceAsStream("page/" + name)) {
            return new Content(type, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Content file = files.get(Request.getPathInContext(request));
        if (file == null) {
            return false;
        }
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw ApiException.notAllowed(method, "GET");
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, file.type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, file.bytes.length);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        response.write(true, ByteBuffer.wrap(file.bytes), callback);
        return true;
    }
}
