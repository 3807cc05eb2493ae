package io.github.clip4j.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxy that Java's properties ({@code https.proxyHost}) name, else the one of the environment's
 * {@code HTTPS_PROXY}, {@code HTTP_PROXY} or {@code ALL_PROXY}, in either case of letters, unless {@code NO_PROXY} lists
 * the host or a domain that it is in; where the environment has none, what Java selects.
 */
final class EnvironmentProxy extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String proxy = variable(scheme + "_proxy", variable("all_proxy", ""));
        ProxySelector java = ProxySelector.getDefault();
        if (java != null && (proxy.isEmpty() || System.getProperty(scheme + ".proxyHost") != null)) {
            return java.select(uri);
        }
        return proxy.isEmpty() || isDirect(uri.getHost().toLowerCase(Locale.ROOT))
                ? List.of(Proxy.NO_PROXY)
                : List.of(new Proxy(Proxy.Type.HTTP, address(proxy, scheme)));
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

    private static InetSocketAddress address(String proxy, String scheme) {
        try {
            URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
            }
        } catch (IllegalArgumentException e) {
            // told below; the address may hold a password, which no message shall
        }
        throw new HubException(
                scheme.toUpperCase(Locale.ROOT) + "_PROXY: expected http://HOST:PORT, found something else");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // told by the client
    }
}
