package io.github.clip4j.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy that Java's properties ({@code https.proxyHost}) name, else the one of the environment's
 * {@code HTTPS_PROXY}, {@code HTTP_PROXY} or {@code ALL_PROXY}, in either case of letters, unless {@code NO_PROXY} lists
 * the host or a domain that it is in; where the environment has none, what Java selects. The environment's may have a
 * user and a password, {@code http://USER:PASSWORD@HOST:PORT}.
 */
final class EnvironmentProxy extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        ProxySelector java = ProxySelector.getDefault();
        if (java != null && (address(uri).isEmpty() || isJavas(uri))) {
            return java.select(uri);
        }
        return List.of(proxy(uri).map(proxy -> new Proxy(Proxy.Type.HTTP,
                new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())))
                .orElse(Proxy.NO_PROXY));
    }

    /** What the environment's proxy for an address wants to be told, {@code http://USER:PASSWORD@HOST:PORT}. */
    Optional<String> authorization(URI uri) {
        return isJavas(uri)
                ? Optional.empty()
                : proxy(uri).map(URI::getUserInfo).map(user -> "Basic " + Base64.getEncoder()
                        .encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isJavas(URI uri) {
        return System.getProperty(scheme(uri) + ".proxyHost") != null;
    }

    private static String scheme(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private String address(URI uri) {
        return variable(scheme(uri) + "_proxy", variable("all_proxy", ""));
    }

    private String variable(String name, String missing) {
        String value = environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
        return value.isBlank() ? missing : value.strip();
    }

    private boolean isDirect(String host) {
        for (String item : variable("no_proxy", "").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            String domain = item.replaceFirst("^\\*?\\.", "").replaceFirst(":\\d+$", "");
            if (item.equals("*") || !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain))) {
                return true;
            }
        }
        return false;
    }

    /** The environment's. */
    private Optional<URI> proxy(URI uri) {
        String address = address(uri);
        if (address.isEmpty() || isDirect(uri.getHost().toLowerCase(Locale.ROOT))) {
            return Optional.empty();
        }
        try {
            URI proxy = URI.create(address.contains("://") ? address : "http://" + address);
            if ("http".equals(proxy.getScheme()) && proxy.getHost() != null) {
                return Optional.of(proxy);
            }
        } catch (IllegalArgumentException e) {
            // told below; the address may hold a password, which no message shall
        }
        throw new HubException(
                scheme(uri).toUpperCase(Locale.ROOT) + "_PROXY: expected http://HOST:PORT, found something else");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // told by the client
    }
}
