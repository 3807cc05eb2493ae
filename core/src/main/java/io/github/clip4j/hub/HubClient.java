package io.github.clip4j.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Speaks the hub's protocol for one model. Redirects are followed here, so that the token stays with the endpoint. */
final class HubClient implements AutoCloseable {
    /** Of a request that the hub is too busy for, and of a download of which nothing more comes. */
    static final int TRIES = 5;

    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final HubSettings settings;
    private final HubName name;
    private final HttpClient client;
    private final HubAnswers answers;

    HubClient(HubSettings settings, HubName name) {
        this.settings = settings;
        this.name = name;
        this.answers = new HubAnswers(settings, name);
        this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(settings.proxy())
                .connectTimeout(settings.metadataTimeout()).build();
    }

    /**
     * What the hub tells about a file before it is fetched.
     *
     * @param commit that the revision is
     * @param etag names the content; if it has 64 hex digits it is its SHA-256. Null if there is no such file
     * @param size in bytes, or -1 if the hub does not tell
     * @param location where to fetch it
     */
    record Metadata(String commit, String etag, long size, URI location) {
        boolean exists() {
            return etag != null;
        }

        boolean isHashed() {
            return etag.matches("[0-9a-f]{64}");
        }
    }

    /** Asks for a file of a revision. */
    Metadata metadata(String revision, String file) {
        URI uri = URI.create(settings.endpoint() + "/" + name.repository() + "/resolve/"
                + URLEncoder.encode(revision, StandardCharsets.UTF_8) + "/" + file);
        try {
            for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
                HttpResponse<Void> response = send("HEAD", uri, 0, settings.metadataTimeout(),
                        BodyHandlers.discarding());
                Optional<URI> location = location(response);
                // within the hub, as from a repository's old name; an absolute address is where the content is
                if (location.isEmpty() || !isRelative(response)) {
                    return answers.metadata(response, location.orElse(uri));
                }
                uri = location.get();
            }
            throw answers.refuse("more than " + MAX_REDIRECTS + " redirects");
        } catch (IOException e) {
            throw answers.unreachable(e);
        }
    }

    /**
     * Asks for the content of a file.
     *
     * @param from the first byte
     * @return an answer of status 200 for the whole file, 206 for the rest of it, or 416 if there is no rest
     * @throws IOException if there is no connection
     */
    HttpResponse<InputStream> content(URI location, long from) throws IOException {
        URI uri = location;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send("GET", uri, from, settings.downloadTimeout(),
                    BodyHandlers.ofInputStream());
            if (response.statusCode() == 200 || from > 0 && Set.of(206, 416).contains(response.statusCode())) {
                return response;
            }
            response.body().close();
            uri = location(response).orElseThrow(() -> answers.failure(response));
        }
        throw answers.refuse("more than " + MAX_REDIRECTS + " redirects");
    }

    private <T> HttpResponse<T> send(String method, URI uri, long from, Duration timeout, BodyHandler<T> handler)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(timeout).header("User-Agent", "clip4j").header("Accept-Encoding", "identity");
        if (!settings.token().isEmpty() && isSameHost(uri, settings.endpoint())) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        if (settings.proxy() instanceof EnvironmentProxy proxy) {
            proxy.authorization(uri).ifPresent(login -> request.header("Proxy-Authorization", login));
        }
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        for (int attempt = 1;; attempt++) {
            try {
                HttpResponse<T> response = client.send(request.build(), handler);
                if (!HubAnswers.isBusy(response.statusCode()) || attempt == TRIES) {
                    return response;
                }
                if (response.body() instanceof InputStream body) {
                    body.close();
                }
                pause(attempt, response.headers().firstValue("Retry-After").orElse(""));
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    /** Waits longer after each try. */
    void pause(int attempt, String seconds) {
        Duration wanted = seconds.matches("[0-9]{1,4}")
                ? Duration.ofSeconds(Integer.parseInt(seconds))
                : settings.pause().multipliedBy(1L << (attempt - 1));
        try {
            Thread.sleep(wanted.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : wanted);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    HubException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new HubException(name + ": interrupted", e);
    }

    HubAnswers answers() {
        return answers;
    }

    private static boolean isRelative(HttpResponse<?> response) {
        return !response.headers().firstValue("Location").orElse("").matches("(?s)([a-zA-Z][a-zA-Z0-9+.-]*:|//).*");
    }

    /** Where an answer redirects to. */
    private Optional<URI> location(HttpResponse<?> response) {
        if (!REDIRECTS.contains(response.statusCode())) {
            return Optional.empty();
        }
        String text = response.headers().firstValue("Location").orElse("");
        try {
            URI uri = response.uri().resolve(new URI(text));
            boolean secure = "https".equalsIgnoreCase(uri.getScheme());
            boolean allowed = secure || "http".equalsIgnoreCase(uri.getScheme())
                    && response.uri().getScheme().equalsIgnoreCase("http");
            if (!text.isEmpty() && allowed && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw answers.refuse("redirected to no " + response.uri().getScheme() + " address");
    }

    /** The same scheme, host and port. */
    private static boolean isSameHost(URI a, URI b) {
        return origin(a).equals(origin(b));
    }

    private static String origin(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
