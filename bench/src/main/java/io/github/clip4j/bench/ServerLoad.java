package io.github.clip4j.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Requests that a running {@code clip serve} answers in a second. Its arguments are {@code ADDRESS IMAGE SECONDS
 * CONNECTIONS...}; each number of connections sends one request after the other, by sentences and then by the image.
 */
public final class ServerLoad {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final List<String> THINGS = List.of("beach", "stadium", "forest", "bridge", "airport", "farmland",
            "river", "parking lot", "church", "railway station");
    private static final String HEAD = """
            | search by | connections | requests/s | median, ms | 99 %, ms | refused |
            |---|--:|--:|--:|--:|--:|
            """;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI search;

    private ServerLoad(URI search) {
        this.search = search;
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 4 || !Arrays.stream(args).skip(2).allMatch(number -> number.matches("[1-9][0-9]{0,3}"))) {
            throw new IllegalArgumentException("expected ADDRESS IMAGE SECONDS CONNECTIONS...");
        }
        ServerLoad server = new ServerLoad(URI.create(args[0]).resolve("/api/search"));
        byte[] image = Files.readAllBytes(Path.of(args[1]));
        Duration load = Duration.ofSeconds(Integer.parseInt(args[2]));
        StringBuilder table = new StringBuilder(HEAD);
        for (String connections : Arrays.asList(args).subList(3, args.length)) {
            int n = Integer.parseInt(connections);
            for (boolean byText : new boolean[]{true, false}) {
                IntFunction<HttpRequest> request = byText ? server::bySentence : _ -> server.byImage(image);
                server.run(request, n, WARM_UP);
                table.append(server.run(request, n, load).row(byText ? "a sentence" : "a picture", n));
            }
        }
        System.out.print(table);
    }

    private HttpRequest bySentence(int number) {
        String thing = THINGS.get(number % THINGS.size());
        String text = "an aerial photograph of a %s, number %d".formatted(thing, number);
        return HttpRequest.newBuilder(search).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"texts\": [\"" + text + "\"]}")).build();
    }

    private HttpRequest byImage(byte[] image) {
        return HttpRequest.newBuilder(search).header("Content-Type", "image/jpeg")
                .POST(BodyPublishers.ofByteArray(image)).build();
    }

    private Answers run(IntFunction<HttpRequest> request, int connections, Duration load) throws Exception {
        Queue<Double> milliseconds = new ConcurrentLinkedQueue<>();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        long start = System.nanoTime();
        Callable<Void> connection = () -> {
            while (System.nanoTime() - start < load.toNanos()) {
                long sentAt = System.nanoTime();
                int status = client.send(request.apply(sent.getAndIncrement()), BodyHandlers.discarding()).statusCode();
                switch (status) {
                    case 200 -> milliseconds.add(1e3 * Peer.seconds(sentAt));
                    case 503 -> refused.getAndIncrement();
                    default -> throw new IllegalStateException("a good request was answered with " + status);
                }
            }
            return null;
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> ended : threads.invokeAll(Collections.nCopies(connections, connection))) {
                ended.get();
            }
        }
        return new Answers(milliseconds.stream().mapToDouble(Double::doubleValue).sorted().toArray(), refused.get(),
                Peer.seconds(start));
    }

    /** @param milliseconds of each request that was answered, in ascending order */
    private record Answers(double[] milliseconds, int refused, double seconds) {
        String row(String kind, int connections) {
            return String.format(Locale.ROOT, "| %s | %d | %.0f | %.1f | %.1f | %d |%n", kind, connections,
                    milliseconds.length / seconds, milliseconds[milliseconds.length / 2],
                    milliseconds[(int) (0.99 * milliseconds.length)], refused);
        }
    }
}
