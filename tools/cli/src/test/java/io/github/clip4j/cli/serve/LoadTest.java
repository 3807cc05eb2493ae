package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More than the server takes, for a minute, with slow and too large requests among them. */
@Tag("slow")
class LoadTest {
    private static final int CONNECTIONS = 64;
    private static final Duration LONG = Duration.ofSeconds(30);
    /** Long enough for no connection of a good client to be closed while it hurries on. */
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration LOAD = Duration.ofSeconds(60);
    /** Less than what is sent in the time, so what is kept of each request would show. */
    private static final long GROWTH = 16 << 20;
    private static final byte[] LARGE = new byte[2 << 20];

    @TempDir
    static Path folder;

    /** By kind of request, how many had which status; 0 for a connection that was closed. */
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    private void count(String kind, int status) {
        counts.computeIfAbsent(kind + " " + status, _ -> new AtomicLong()).incrementAndGet();
    }

    @Test
    void goodRequestsAreAnsweredWhateverTheOthersDo() throws Exception {
        // 8 in work and 32 that wait, of 64
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, IDLE, 8))) {
            byte[] picture = Files.readAllBytes(Path.of(server.images.getFirst().path()));
            long end = System.nanoTime() + LOAD.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int number = i;
                threads.add(Thread.ofVirtual().start(() -> {
                    while (System.nanoTime() < end) {
                        request(server, number, picture);
                    }
                }));
            }
            threads.getFirst().join(WARM_UP);
            long warm = reachable();
            while (System.nanoTime() < end) {
                long grown = reachable() - warm;
                assertTrue(grown < GROWTH, grown + " bytes more than after the warm-up");
                threads.getFirst().join(Duration.ofSeconds(3));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertTimeout(Duration.ofSeconds(5), server::stop);
            assertEquals("", server.log());
            for (String kind : counts.keySet()) {
                assertTrue(kind.matches("(sentence|picture) (200|503)|large (413|503)|slow (408|503|0)"),
                        counts.toString());
            }
            for (String kind : List.of("sentence 200", "sentence 503", "picture 200", "picture 503", "large 413",
                    "slow 408")) {
                assertTrue(counts.containsKey(kind), "no " + kind + " in " + counts);
            }
        }
    }

    /** Bytes of the heap after a collection, without what has been allocated since. */
    private static long reachable() {
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage).filter(Objects::nonNull).mapToLong(MemoryUsage::getUsed)
                .sum();
    }

    private void request(TestServer server, int number, byte[] picture) {
        String kind = number % 16 == 0 ? "slow" : number % 16 == 1 ? "large" : number % 2 == 0 ? "sentence" : "picture";
        try {
            count(kind, switch (kind) {
                case "slow" -> slow(server);
                case "large" -> server.post("/api/search", "image/png", LARGE).status();
                case "picture" -> server.post("/api/search", "image/png", picture).status();
                default -> server.post("/api/search", "{\"texts\": [\"text " + number + "\"]}").status();
            });
        } catch (IOException e) {
            count(kind, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A body that never comes. */
    private static int slow(TestServer server) throws IOException {
        try (Socket socket = server.connect("POST /api/search HTTP/1.1", "Host: localhost", "Connection: close",
                "Content-Type: image/png", "Content-Length: 1000", "", "")) {
            String answer = new String(socket.getInputStream().readNBytes("HTTP/1.1 408".length()));
            return answer.isEmpty() ? 0 : Integer.parseInt(answer.substring("HTTP/1.1 ".length()));
        }
    }
}
