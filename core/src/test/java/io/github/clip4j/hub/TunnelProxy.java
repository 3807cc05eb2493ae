package io.github.clip4j.hub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on loopback that tunnels to ports of loopback, whatever the host, for who knows the password. */
final class TunnelProxy implements AutoCloseable {
    private final ServerSocket server;
    private final String authorization;
    /** First lines of what it was asked for. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** @param authorization expected as Proxy-Authorization */
    TunnelProxy(String authorization) throws IOException {
        this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        this.authorization = authorization;
        Thread.startVirtualThread(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.startVirtualThread(() -> answer(client));
            }
        } catch (IOException e) {
            // it is closed
        }
    }

    private void answer(Socket client) {
        try (client) {
            List<String> head = head(client.getInputStream());
            requests.add(head.getFirst());
            if (!head.contains("Proxy-Authorization: " + authorization)) {
                client.getOutputStream().write(("HTTP/1.1 407 Proxy Authentication Required\r\n"
                        + "Proxy-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(ISO_8859_1));
                return;
            }
            int port = Integer.parseInt(head.getFirst().replaceFirst("CONNECT .*:(\\d+) HTTP/1.1", "$1"));
            try (Socket hub = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                Thread back = Thread.startVirtualThread(() -> pass(hub, client));
                pass(client, hub);
                back.join();
            }
        } catch (IOException e) {
            // one of both has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines up to the empty one. */
    private static List<String> head(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("it ends within its head");
            }
            text.append((char) next);
        }
        return text.toString().lines().toList();
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // one of both has gone
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
