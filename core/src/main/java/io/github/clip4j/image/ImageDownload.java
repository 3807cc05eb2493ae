package io.github.clip4j.image;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches the file of an image by http or https. Redirects are followed here and not by the client, so that each is counted and none
 * leads to another protocol.
 *
 * @param connect time for one connection
 * @param total time for everything: all redirects and the last byte of the file
 * @param maxBytes the largest file, whatever its headers say
 */
public record ImageDownload(Duration connect, Duration total, long maxBytes) {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** Ten seconds, a minute, 64 MB. */
    public ImageDownload() {
        this(Duration.ofSeconds(10), Duration.ofSeconds(60), 64L << 20);
    }

    /** @throws ImageException naming the address and what went wrong with it */
    public byte[] fetch(String address) {
        long deadline = System.nanoTime() + total.toNanos();
        URI uri = uri(address, address);
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(connect).build()) {
            for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
                HttpResponse<byte[]> response = send(client, uri, address, deadline);
                if (response.statusCode() == 200) {
                    return response.body();
                }
                if (!REDIRECTS.contains(response.statusCode())) {
                    throw new ImageException(address + ": the server answers with status " + response.statusCode());
                }
                String location = response.headers().firstValue("Location")
                        .orElseThrow(() -> new ImageException(address + ": redirected to no address"));
                uri = uri.resolve(uri(location, address));
                requireHttp(uri, address);
            }
        }
        throw new ImageException(address + ": more than " + MAX_REDIRECTS + " redirects");
    }

    private static URI uri(String text, String address) {
        try {
            return new URI(new URI(text).toASCIIString());
        } catch (URISyntaxException e) {
            throw new ImageException(address + ": \"" + text + "\" is not a valid address: " + e.getReason(), e);
        }
    }

    private static void requireHttp(URI uri, String address) {
        if (!Set.of("http", "https").contains(String.valueOf(uri.getScheme()).toLowerCase()) || uri.getHost() == null) {
            throw new ImageException(address
                    + (uri.toString().equals(address) ? ": expected" : ": redirected to " + uri + ", expected")
                    + " an http or https address with a host");
        }
    }

    private HttpResponse<byte[]> send(HttpClient client, URI uri, String address, long deadline) {
        requireHttp(uri, address);
        HttpRequest request = HttpRequest.newBuilder(uri).header("User-Agent", "clip4j").build();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes));
        try {
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            client.shutdownNow();
            throw new ImageException(address + ": not complete after " + seconds(total), e);
        } catch (InterruptedException e) {
            client.shutdownNow();
            Thread.currentThread().interrupt();
            throw new ImageException(address + ": interrupted", e);
        } catch (ExecutionException e) {
            throw new ImageException(address + ": " + reason(e.getCause(), uri), e);
        }
    }

    private String reason(Throwable e, URI uri) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "unknown host " + uri.getHost();
            }
        }
        return switch (e) {
            case HttpConnectTimeoutException _ -> "no connection to " + uri.getAuthority() + " in " + seconds(connect);
            case ConnectException _ -> "cannot connect to " + uri.getAuthority();
            case IOException tooLarge when String.valueOf(tooLarge.getMessage()).contains("capacity") ->
                "more than the limit of " + maxBytes + " bytes";
            default -> "cannot be fetched: " + e;
        };
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }
}
