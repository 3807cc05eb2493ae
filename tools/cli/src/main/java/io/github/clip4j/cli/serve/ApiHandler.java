package io.github.clip4j.cli.serve;

import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Hands requests on to what is at their address. */
final class ApiHandler extends Handler.Abstract {
    private record Route(String method, Action action) {}

    private final PathMappings<Route> routes = new PathMappings<>();
    private final Duration timeout;
    private final long maxBody;

    ApiHandler(Duration timeout, long maxBody) {
        this.timeout = timeout;
        this.maxBody = maxBody;
    }

    /** @param path with a name in braces for each part that differs */
    ApiHandler with(String method, String path, Action action) {
        routes.put(new UriTemplatePathSpec(path), new Route(method, action));
        return this;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            answer(request, response, callback);
        } catch (ApiException e) {
            ErrorAnswers.refuse(request, response, callback, e);
        }
        return true;
    }

    private void answer(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        MatchedResource<Route> matched = routes.getMatched(path);
        if (matched == null) {
            throw ApiException.notFound("there is nothing at " + path);
        }
        Route route = matched.getResource();
        if (!request.getMethod().equals(route.method)) {
            throw ApiException.notAllowed(request.getMethod(), route.method);
        }
        Map<String, String> parts = ((UriTemplatePathSpec) matched.getPathSpec()).getPathParams(path);
        Deadline deadline = Deadline.of(request.getHeadersNanoTime(), timeout);
        route.action.answer(new Exchange(request, response, callback, parts, deadline, maxBody));
    }
}
