package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.serve.TestServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Too many requests, too slow ones, and the end. */
class OverloadTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String BODY = "{\"texts\":[\"a\"]}";

    @TempDir
    static Path folder;

    /** A search whose body is still to come. */
    private static Socket begin(TestServer server, String... headers) throws IOException {
        return server.connect("POST /api/search HTTP/1.1", "Host: localhost", "Connection: close",
                "Content-Type: application/json", "Content-Length: " + BODY.length(),
                String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n"), "");
    }

    private static String rest(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatDoesNotFitIntoTheQueueIsToldToComeAgainAtOnce() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, LONG, 1))) {
            CountDownLatch refused = new CountDownLatch(7);
            List<Socket> sockets = new ArrayList<>();
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 12; i++) { // one in work, four wait
                Socket socket = begin(server);
                sockets.add(socket);
                answers.add(CompletableFuture.supplyAsync(() -> rest(socket), task -> Thread.startVirtualThread(task)));
                answers.getLast().thenRun(refused::countDown);
            }
            assertTrue(refused.await(60, TimeUnit.SECONDS), () -> refused.getCount() + " more should be refused");
            List<CompletableFuture<String>> accepted = new ArrayList<>();
            for (int i = 0; i < sockets.size(); i++) {
                if (answers.get(i).isDone()) {
                    String answer = answers.get(i).join();
                    assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 1\r\n")
                            && answer.contains("{\"error\":\"the server has too much to do"), answer);
                } else {
                    accepted.add(answers.get(i));
                    sockets.get(i).getOutputStream().write(BODY.getBytes());
                }
            }
            assertEquals(5, accepted.size());
            for (CompletableFuture<String> answer : accepted) {
                assertTrue(answer.join().startsWith("HTTP/1.1 200 "), answer.join());
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Uploads that the server refuses before it has read them, far larger than what the sockets hold. */
    @Test
    void whoseBodyIsNotReadSeesTheAnswer() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, LONG, 1))) {
            refused(415, server, "text/html", 1 << 20);
            refused(413, server, "image/png", 20 << 20);
            List<Socket> waiting = new ArrayList<>();
            do {
                waiting.add(begin(server));
            } while (!isAnswered(waiting.getLast())); // told to come again: the others fill the queue
            refused(503, server, "image/png", 1 << 20);
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    /** Sends the body after the answer, as who does not look for an answer until then. */
    private static void refused(int status, TestServer server, String type, int length) throws IOException {
        try (Socket socket = server.connect("POST /api/search HTTP/1.1", "Host: localhost", "Content-Type: " + type,
                "Content-Length: " + length, "", "")) {
            String start = "HTTP/1.1 " + status;
            assertEquals(start, new String(socket.getInputStream().readNBytes(start.length())));
            byte[] part = new byte[1 << 16];
            for (int sent = 0; sent < length; sent += part.length) {
                socket.getOutputStream().write(part); // throws where the connection was closed
            }
            assertTrue(rest(socket).contains("{\"error\":"));
        }
    }

    private static boolean isAnswered(Socket socket) throws IOException {
        socket.setSoTimeout(500);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void aBodyThatStopsIsGivenUp() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, Duration.ofMillis(300), 4));
                Socket socket = begin(server)) {
            String answer = rest(socket);
            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
            assertTrue(answer.contains("the body came too slowly"), answer);
            try (Socket persistent = server.connect("POST /api/search HTTP/1.1", "Host: localhost",
                    "Content-Type: application/json", "Content-Length: 10", "", "")) {
                String last = rest(persistent);
                assertTrue(last.contains("\r\nConnection: close\r\n"), last);
            }
        }
    }

    @Test
    void aBodyThatDripsIsGivenUp() throws IOException {
        AtomicLong seconds = new AtomicLong();
        BodyStream fast = new BodyStream(new ByteArrayInputStream(new byte[100_000]),
                Deadline.of(System.nanoTime(), LONG), Long.MAX_VALUE,
                () -> seconds.getAndIncrement() * 1_000_000_000);
        for (int i = 0; i < 20; i++) {
            assertEquals(2048, fast.read(new byte[2048]));
        }
        seconds.set(0);
        BodyStream slow = new BodyStream(new ByteArrayInputStream(new byte[100_000]),
                Deadline.of(System.nanoTime(), LONG), Long.MAX_VALUE,
                () -> seconds.getAndIncrement() * 1_000_000_000);
        assertEquals(408, assertThrows(ApiException.class, () -> {
            while (slow.read() >= 0) {
                // on and on
            }
        }).status());
        BodyStream late = new BodyStream(new ByteArrayInputStream(new byte[10]),
                Deadline.of(System.nanoTime(), Duration.ZERO), 10, System::nanoTime);
        assertEquals(408, assertThrows(ApiException.class, late::read).status());
        BodyStream large = new BodyStream(new ByteArrayInputStream(new byte[11]),
                Deadline.of(System.nanoTime(), LONG), 10, System::nanoTime);
        assertEquals(413, assertThrows(ApiException.class, large::readAllBytes).status());
    }

    /** Part by part of a header that never ends, each in time. */
    @Test
    void aConnectionWithoutAWholeRequestIsClosed() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, Duration.ofMillis(500), 4));
                Socket socket = server.connect("GET / HTTP/1.1", "Host: localhost", "", "GET / HTTP/1.1", "X-Slow: ")) {
            socket.setSoTimeout(20);
            boolean closed = false;
            for (int i = 0; i < 3000 && !closed; i++) {
                try {
                    socket.getOutputStream().write('x');
                    closed = socket.getInputStream().read(new byte[1 << 16]) < 0;
                } catch (SocketTimeoutException e) {
                    // still open: the next drop
                } catch (IOException e) {
                    closed = true;
                }
            }
            assertTrue(closed, "still open after 3,000 drops");
        }
    }

    @Test
    void workMayTakeLongerThanAConnectionMayBeSilent() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(LONG, Duration.ofMillis(50), 4))) {
            String query = "{\"image\": \"%s\", \"text\": \"a\", \"grid\": 8}".formatted(server.images.getFirst().id());
            String answer = server.raw("POST /api/find HTTP/1.1", "Host: localhost", "Connection: close",
                    "Content-Type: application/json", "Content-Length: " + query.length(), "", query);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
    }

    @Test
    void whatTakesTooLongIsGivenUp() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.within(Duration.ofNanos(1), LONG, 4))) {
            String image = server.images.getFirst().id();
            for (String path : List.of("classify", "find")) {
                Answer answer = server.post("/api/" + path, path.equals("find")
                        ? "{\"image\": \"%s\", \"text\": \"a\"}".formatted(image)
                        : "{\"image\": \"%s\", \"labels\": [\"a\"]}".formatted(image));
                assertEquals(408, answer.status(), answer.toString());
            }
            Answer answer = server.get("/api/images/" + image + "/thumbnail");
            assertEquals(503, answer.status(), answer.toString());
            assertEquals("1", answer.header("Retry-After"));
            assertEquals("the answer took longer than the server's time limit", answer.error());
        }
    }

    @Test
    void whatRunsEndsBeforeTheServerStops() throws Exception {
        try (TestServer server = new TestServer(folder, TestServer.SETTINGS);
                Socket socket = begin(server, "Expect: 100-continue")) {
            byte[] goOn = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(goOn)); // it is in work
            Thread stop = Thread.ofVirtual().start(server::stop);
            while (accepts(server)) {
                stop.join(Duration.ofMillis(20));
            }
            socket.getOutputStream().write(BODY.getBytes());
            String answer = rest(socket);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            stop.join();
        }
    }

    private static boolean accepts(TestServer server) throws IOException {
        try {
            server.connect("").close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }
}
