package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDownloadTest {
    private static final int MAX_BYTES = 100_000;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ImageDownload DOWNLOAD = new ImageDownload(LONG, LONG, MAX_BYTES);
    private static final CountDownLatch END = new CountDownLatch(1);

    @TempDir
    static Path folder;
    private static byte[] image;
    private static HttpServer server;
    private static ExecutorService executor;

    private static byte[] png() throws IOException {
        Path file = folder.resolve("image.png");
        TestImages.random(60, 40, 6).writePng(file);
        return Files.readAllBytes(file);
    }

    @BeforeAll
    static void serve() throws IOException {
        image = png();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        executor = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(executor);
        server.createContext("/image", exchange -> send(exchange, image));
        server.createContext("/html", exchange -> send(exchange, "<!DOCTYPE html><p>Hello".getBytes()));
        server.createContext("/redirect/", exchange -> {
            int left = Integer.parseInt(exchange.getRequestURI().getPath().substring("/redirect/".length()));
            redirect(exchange, left == 1 ? address("/image") : "../redirect/" + (left - 1));
        });
        server.createContext("/file", exchange -> redirect(exchange, folder.resolve("image.png").toUri().toString()));
        server.createContext("/nowhere", exchange -> redirect(exchange, null));
        server.createContext("/endless", exchange -> sendForever(exchange, 0));
        server.createContext("/large", exchange -> sendForever(exchange, 1L << 40));
        server.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(image, 0, 10);
            exchange.getResponseBody().flush();
            await();
        });
        server.createContext("/silent", exchange -> await());
        server.start();
    }

    @AfterAll
    static void stop() {
        END.countDown();
        server.stop(0);
        executor.close();
    }

    private static void await() {
        try {
            END.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        try (exchange) {
            if (location != null) {
                exchange.getResponseHeaders().add("Location", location);
            }
            exchange.sendResponseHeaders(302, -1);
        }
    }

    /** @param length what Content-Length says, or 0 for a chunked answer */
    private static void sendForever(HttpExchange exchange, long length) throws IOException {
        exchange.sendResponseHeaders(200, length);
        try (OutputStream body = exchange.getResponseBody()) {
            while (true) {
                body.write(new byte[1 << 14]);
            }
        } catch (IOException e) {
            // the client has gone, as it should
        }
    }

    private static String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static RgbImage read(String address) {
        return new ImageDecoder().decode(new ImageDownload().fetch(address), address);
    }

    private static void fails(ImageDownload download, String address, String message) {
        ImageException e = assertThrows(ImageException.class, () -> download.fetch(address));
        assertTrue(e.getMessage().startsWith(address + ": ") && e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void anImageIsFetchedAndDecoded() {
        assertArrayEquals(image, DOWNLOAD.fetch(address("/image?size=large#top")));
        assertEquals(60, read(address("/image")).width());
    }

    @Test
    void fiveRedirectsAreFollowedAndNotSix() {
        assertArrayEquals(image, DOWNLOAD.fetch(address("/redirect/5")));
        fails(DOWNLOAD, address("/redirect/6"), "more than 5 redirects");
    }

    @Test
    void noRedirectLeadsToAFile() {
        fails(DOWNLOAD, address("/file"), "redirected to file:");
        fails(DOWNLOAD, address("/nowhere"), "redirected to no address");
    }

    @Test
    void theStatusIsTold() {
        fails(DOWNLOAD, address("/none"), "status 404");
    }

    @Test
    void aPageIsNotAnImage() {
        ImageException e = assertThrows(ImageException.class, () -> read(address("/html")));
        assertTrue(e.getMessage().startsWith(address("/html") + ": is an HTML page"), e.getMessage());
    }

    @Test
    void tooMuchIsNotReadWhateverTheHeadersSay() {
        fails(DOWNLOAD, address("/endless"), "more than the limit of " + MAX_BYTES);
        fails(DOWNLOAD, address("/large"), "more than the limit of " + MAX_BYTES);
        assertArrayEquals(image, new ImageDownload(LONG, LONG, image.length).fetch(address("/image")));
        fails(new ImageDownload(LONG, LONG, image.length - 1), address("/image"), "more than the limit");
    }

    @Test
    void aShorterAnswerThanPromisedIsAnError() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (Socket client = socket.accept()) {
                    client.getInputStream().read(new byte[1000]);
                    client.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc".getBytes());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            fails(DOWNLOAD, "http://127.0.0.1:" + socket.getLocalPort() + "/", "cannot be fetched");
        }
    }

    @Test
    void slowServersAreLeft() {
        ImageDownload impatient = new ImageDownload(LONG, Duration.ofMillis(300), MAX_BYTES);
        fails(impatient, address("/slow"), "not complete after 0.3 s");
        fails(impatient, address("/silent"), "not complete after 0.3 s");
    }

    @Test
    void noServerNoAddress() throws IOException {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        fails(DOWNLOAD, "http://127.0.0.1:" + unused + "/", "cannot connect to 127.0.0.1:" + unused);
        fails(DOWNLOAD, "http://no-such-host.invalid/a.png", "unknown host no-such-host.invalid");
        fails(DOWNLOAD, "http:///a.png", "expected an http or https address with a host");
        fails(DOWNLOAD, "http://host/a b.png", "not a valid address");
        fails(DOWNLOAD, "file:///etc/passwd", "expected an http or https address");
    }
}
