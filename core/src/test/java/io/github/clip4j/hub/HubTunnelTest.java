package io.github.clip4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub by https that only a proxy with a password knows the way to, as in many firms. */
class HubTunnelTest {
    private static final byte[] WEIGHTS = FakeHub.large(200_000, 5);
    private static final String PASSWORD = "changeit";
    /** What a program has to set, for Java keeps passwords from proxies of https otherwise. */
    private static final String ALLOWED = "-Djdk.http.auth.tunneling.disabledSchemes=";

    @TempDir
    private Path folder;

    /** A key for hub.invalid that nobody but {@code -Djavax.net.ssl.trustStore} vouches for. */
    private SSLContext tls(Path store) throws Exception {
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "hub", "-keyalg", "EC", "-dname", "CN=hub.invalid", "-ext",
                "san=dns:hub.invalid", "-keystore", store.toString(), "-storepass", PASSWORD)
                .redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), output);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static String output(ProcessBuilder builder, String proxy, int exitCode) throws Exception {
        builder.environment().put("HTTPS_PROXY", proxy);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        assertEquals(exitCode, process.waitFor(), output);
        return output;
    }

    @Test
    void aProxyIsToldItsPasswordAndNothingElse() throws Exception {
        Path store = folder.resolve("store.p12");
        List<String> trusted = List.of("-Djavax.net.ssl.trustStore=" + store,
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD, ALLOWED);
        String login = "Basic "
                + Base64.getEncoder().encodeToString("me:p@ss w\u00f6rd".getBytes(StandardCharsets.UTF_8));
        try (FakeHub hub = new FakeHub("https://hub.invalid", tls(store)); TunnelProxy proxy = new TunnelProxy(login)) {
            hub.put("org/clip", "config.json", "{\"model_type\": \"clip\"}").put("org/clip", "model.safetensors",
                    WEIGHTS);
            Path cache = folder.resolve("cache");
            String told = output(HubProcessTest.command(hub, cache, trusted, "org/clip"), "http://" + proxy.address(),
                    1);
            assertTrue(told.contains("the proxy asks for a user and a password (status 407)"), told);
            assertEquals(List.of(), hub.requests);

            String path = output(HubProcessTest.command(hub, cache, trusted, "org/clip"),
                    "http://me:p%40ss%20w%C3%B6rd@" + proxy.address(), 0);
            assertArrayEquals(WEIGHTS, Files.readAllBytes(Path.of(path).resolve("model.safetensors")));
            assertTrue(proxy.requests.stream().allMatch(request -> request.startsWith("CONNECT hub.invalid:")),
                    "" + proxy.requests);
            assertEquals(0, hub.count("Basic"), "" + hub.requests);
        }
    }
}
