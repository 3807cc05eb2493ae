package io.github.clip4j.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;

/**
 * A hub on loopback, and a second server that large files are redirected to, as the real hub does. What it does wrong is
 * set by the tests.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String origin; // of both, without a port
    private final HttpServer hub;
    private final HttpServer store;

    /** By repository and file. Those of 1,000 bytes and more are large. */
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    /** What was asked for: method, path, range and, if one was sent, the token or a proxy's password. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Of the main branch. */
    volatile String commit = COMMIT;
    /** Statuses to answer with first. */
    final Queue<Integer> failures = new ConcurrentLinkedQueue<>();
    /** Headers that replace those of answers that tell about a file. */
    volatile Map<String, String> headers = Map.of();
    /** After how many bytes large files are cut off, once each. */
    final Queue<Integer> cuts = new ConcurrentLinkedQueue<>();
    /** Reached when the first half of a large file is sent, where halves are on. */
    final CountDownLatch half = new CountDownLatch(1);
    /** How long the second half of a large file takes to come. */
    volatile Duration halves = Duration.ZERO;
    volatile boolean zipped;
    /** Whether the size is kept to itself. */
    volatile boolean untold;
    volatile boolean ranges = true;

    FakeHub() {
        this("http://127.0.0.1", null);
    }

    /**
     * A hub that calls itself by another name.
     *
     * @param tls of https; null for http
     */
    FakeHub(String origin, SSLContext tls) {
        this.origin = origin;
        this.hub = start(tls);
        this.store = start(tls);
        hub.createContext("/", this::answer);
        store.createContext("/", this::send);
    }

    private HttpServer start(SSLContext tls) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpServer server = tls == null ? HttpServer.create(address, 0) : HttpsServer.create(address, 0);
            if (server instanceof HttpsServer secure) {
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            }
            server.setExecutor(threads);
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    FakeHub put(String repository, String file, byte[] content) {
        files.put(repository + "/" + file, content);
        return this;
    }

    FakeHub put(String repository, String file, String content) {
        return put(repository, file, content.getBytes(UTF_8));
    }

    URI address() {
        return URI.create(origin + ":" + hub.getAddress().getPort());
    }

    HubSettings settings(Path cache) {
        return new HubSettings(address(), "hf_secret", cache, false, true, Duration.ofSeconds(2), Duration.ofSeconds(2),
                Duration.ofMillis(1), ProxySelector.of(null));
    }

    /** How many requests have this in them. */
    long count(String part) {
        return requests.stream().filter(request -> request.contains(part)).count();
    }

    static byte[] large(int size, int seed) {
        byte[] content = new byte[size];
        new java.util.Random(seed).nextBytes(content);
        return content;
    }

    static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void note(HttpExchange exchange) {
        requests.add("%s %s %s %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI(),
                exchange.getRequestHeaders().getOrDefault("Range", List.of("")).getFirst(),
                exchange.getRequestHeaders().getOrDefault("Authorization",
                        exchange.getRequestHeaders().getOrDefault("Proxy-Authorization", List.of(""))).getFirst())
                .strip());
    }

    private static void status(HttpExchange exchange, int status, String error) throws IOException {
        if (!error.isEmpty()) {
            exchange.getResponseHeaders().set("X-Error-Code", error);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** {@code /ORGANISATION/NAME/resolve/REVISION/FILE}. */
    private void answer(HttpExchange exchange) throws IOException {
        note(exchange);
        Integer failure = failures.poll();
        if (failure != null) {
            status(exchange, failure, "");
            return;
        }
        String[] parts = exchange.getRequestURI().getRawPath().split("/", 6);
        String repository = parts[1] + "/" + parts[2];
        String revision = URLDecoder.decode(parts[4], UTF_8);
        if (repository.equals("org/old")) {
            exchange.getResponseHeaders().set("Location",
                    exchange.getRequestURI().getPath().replace("/old/", "/clip/"));
            status(exchange, 307, "");
        } else if (repository.equals("org/gated")) {
            status(exchange, 403, "GatedRepo");
        } else if (repository.equals("org/forbidden")) {
            status(exchange, 403, "");
        } else if (files.keySet().stream().noneMatch(file -> file.startsWith(repository + "/"))) {
            status(exchange, repository.startsWith("org/") ? 401 : 404, "RepoNotFound");
        } else if (!List.of("main", "refs/pr/1", commit, COMMIT).contains(revision)) {
            status(exchange, 404, "RevisionNotFound");
        } else {
            file(exchange, files.get(repository + "/" + parts[5]), revision);
        }
    }

    private void file(HttpExchange exchange, byte[] content, String revision) throws IOException {
        boolean pinned = revision.matches("[0-9a-f]{40}");
        exchange.getResponseHeaders().set("X-Repo-Commit", pinned ? revision : commit);
        if (content == null) {
            status(exchange, 404, "EntryNotFound");
            return;
        }
        boolean large = content.length >= 1000;
        if (large) {
            String sha256 = hash("SHA-256", content);
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256 + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", "" + content.length);
            exchange.getResponseHeaders().set("Location", origin + ":" + store.getAddress().getPort()
                    + exchange.getRequestURI().getPath() + "?signature=a%2Fb");
        } else {
            exchange.getResponseHeaders().set("ETag", "W/\"" + hash("SHA-1", content) + "\"");
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            if (!large && !untold) {
                exchange.getResponseHeaders().set("Content-Length", "" + content.length);
            }
            headers.forEach((name, value) -> {
                if (large || !name.startsWith("X-Linked")) {
                    exchange.getResponseHeaders().set(name, value);
                }
            });
            status(exchange, large ? 302 : 200, "");
        } else if (zipped) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                zip.write(content);
            }
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0); // in chunks, so its length is not told
            exchange.getResponseBody().write(bytes.toByteArray());
            exchange.close();
        } else {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        }
    }

    /** The content of a large file, from the other server. */
    private void send(HttpExchange exchange) throws IOException {
        note(exchange);
        String[] parts = exchange.getRequestURI().getPath().split("/", 6);
        byte[] content = files.get(parts[1] + "/" + parts[2] + "/" + parts[5]);
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null || !ranges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        byte[] body = Arrays.copyOfRange(content, from, content.length);
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        try (exchange) {
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, body.length);
            OutputStream out = exchange.getResponseBody();
            Integer cut = cuts.poll();
            if (cut != null) {
                out.write(body, 0, cut);
                return;
            }
            out.write(body, 0, body.length / 2);
            if (!halves.isZero()) {
                out.flush();
                half.countDown();
                Thread.sleep(halves);
            }
            out.write(body, body.length / 2, body.length - body.length / 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // the client has gone
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        hub.stop(0);
        store.stop(0);
    }
}
