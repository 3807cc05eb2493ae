package io.github.clip4j.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets requests in that come from where they should: from this machine's names only where the server listens to this
 * machine only, lest a page elsewhere gives itself such an address; from its own page, if from a page; and with the
 * token, as a header or as the cookie of a login.
 */
final class Guard extends Handler.Wrapper {
    static final String LOGIN = "/api/login";
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String COOKIE = "clip-session";
    private static final List<HttpField> HEADERS = List.of(
            new HttpField("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; "
                    + "form-action 'self'; frame-ancestors 'none'"),
            new HttpField("X-Content-Type-Options", "nosniff"), new HttpField("Referrer-Policy", "no-referrer"),
            new HttpField("X-Frame-Options", "DENY"), new HttpField("Cross-Origin-Resource-Policy", "same-origin"));

    private final InetAddress address;
    private final String token;
    /** What a browser shows that has sent the token once; new with each start. */
    private final String session;

    /** @param token null for none */
    Guard(InetAddress address, String token) {
        this.address = address;
        this.token = token;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.session = HexFormat.of().formatHex(random);
    }

    record Login(String token) {}

    record Welcome(boolean loggedIn) {}

    /** Makes the token a cookie, which scripts cannot read and other sites cannot send. */
    void login(Exchange exchange) {
        Login login = exchange.options(Login.class);
        if (token != null && (login.token == null || !isSame(login.token, token))) {
            throw ApiException.unauthorized();
        }
        exchange.cookie(HttpCookie.build(COOKIE, session).httpOnly(true).sameSite(HttpCookie.SameSite.STRICT).path("/")
                .build());
        exchange.json(new Welcome(true));
    }

    /** Tells browsers to run, load and show nothing but what is meant to be. */
    static void protect(HttpFields.Mutable headers) {
        HEADERS.forEach(headers::put);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        protect(response.getHeaders());
        check(request);
        request.addIdleTimeoutListener(_ -> false); // a connection is silent while its request waits or is in work
        return super.handle(request, response, callback);
    }

    private void check(Request request) {
        HttpFields headers = request.getHeaders();
        String name = Request.getServerName(request).toLowerCase(Locale.ROOT);
        if (address.isLoopbackAddress() && !LOCAL.contains(name) && !name.equals(address.getHostAddress())) {
            throw ApiException.forbidden("this server is for this machine only, as localhost");
        }
        String origin = headers.get(HttpHeader.ORIGIN);
        String host = headers.get(HttpHeader.HOST);
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            throw ApiException.forbidden("pages of " + origin + " may not use this server");
        }
        String path = Request.getPathInContext(request);
        if (token != null && path.startsWith("/api/") && !path.equals(LOGIN) && !isKnown(request)) {
            throw ApiException.unauthorized();
        }
    }

    private boolean isKnown(Request request) {
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return authorization != null && isSame(authorization, "Bearer " + token)
                || Request.getCookies(request).stream()
                        .anyMatch(cookie -> cookie.getName().equals(COOKIE) && isSame(cookie.getValue(), session));
    }

    /** Takes as long wherever they differ. */
    private static boolean isSame(String given, String expected) {
        return MessageDigest.isEqual(given.getBytes(UTF_8), expected.getBytes(UTF_8));
    }
}
