package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.serve.TestServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
    @TempDir
    static Path folder;
    private static TestServer open;
    private static TestServer locked;

    @BeforeAll
    static void start() throws IOException {
        open = new TestServer(folder.resolve("open"), TestServer.SETTINGS);
        locked = new TestServer(folder.resolve("locked"), TestServer.withToken(TestServer.SETTINGS));
    }

    @AfterAll
    static void stop() {
        open.close();
        locked.close();
    }

    @ParameterizedTest
    @CsvSource({"localhost,200", "LOCALHOST:80,200", "127.0.0.1:8080,200", "[::1]:1,200", "example.org,403",
            "localhost.example.org,403", "127.0.0.1.example.org:8080,403", "10.0.0.1,403", "[::2],403"})
    void onlyThisMachinesNamesAreAnswered(String host, int status) throws IOException {
        for (String path : new String[]{"/", "/api/info"}) {
            String answer = open.raw("GET " + path + " HTTP/1.1", "Host: " + host, "Connection: close", "", "");
            assertTrue(answer.startsWith("HTTP/1.1 " + status), path + ": " + answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org", "null", "http://localhost:1", "http://localhost", "", "file://"})
    void pagesOfOthersAreRefused(String origin) throws Exception {
        Answer answer = open.post("/api/search", "{\"texts\": [\"a\"]}", "Origin", origin);
        assertEquals(403, answer.status(), answer.toString());
    }

    @Test
    void thePageItselfIsNot() throws Exception {
        String origin = open.address("/").toString().replaceFirst("/$", "");
        assertEquals(200, open.post("/api/search", "{\"texts\": [\"a\"]}", "Origin", origin).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/app.js", "/style.css", "/icon.svg", "/api/info", "/api/images/0", "/nothing", "/%zz"})
    void everyAnswerTellsBrowsersToBeCareful(String path) throws IOException {
        String answer = open.raw("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close", "", "")
                .toLowerCase(Locale.ROOT);
        for (String header : new String[]{"content-security-policy: default-src 'self'; img-src 'self' data: blob:;",
                "x-content-type-options: nosniff", "referrer-policy: no-referrer", "x-frame-options: deny",
                "cross-origin-resource-policy: same-origin"}) {
            assertTrue(answer.contains("\r\n" + header), path + " without " + header + ": " + answer);
        }
    }

    @Test
    void withATokenOnlyThePageIsOpen() throws Exception {
        assertEquals(200, locked.get("/").status());
        assertEquals(200, locked.get("/app.js").status());
        for (String path : new String[]{"/api/info", "/api/images/" + locked.images.getFirst().id(), "/api/nothing"}) {
            Answer answer = locked.get(path);
            assertEquals(401, answer.status(), path);
            assertEquals("Bearer", answer.header("WWW-Authenticate"));
        }
        assertEquals(401, locked.post("/api/search", "{\"texts\": [\"a\"]}").status());
    }

    @ParameterizedTest
    @CsvSource({"Bearer a-token-of-tests,200", "Bearer a-token-of-test,401", "Bearer a-token-of-tests2,401",
            "a-token-of-tests,401", "Basic YTpi,401", "Bearer,401"})
    void theTokenAsAHeader(String authorization, int status) throws Exception {
        assertEquals(status, locked.get("/api/info", "Authorization", authorization).status());
    }

    @Test
    void theTokenForACookie() throws Exception {
        for (String wrong : new String[]{"{\"token\": \"a-token-of-text\"}", "{\"token\": null}", "{}"}) {
            Answer answer = locked.post("/api/login", wrong);
            assertEquals(401, answer.status(), wrong);
            assertEquals(null, answer.header("Set-Cookie"));
        }
        String cookie = locked.post("/api/login", "{\"token\": \"" + TestServer.TOKEN + "\"}").header("Set-Cookie");
        assertTrue(cookie.matches("clip-session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict"), cookie);
        String session = cookie.split(";")[0];
        assertEquals(200, locked.get("/api/info", "Cookie", session).status());
        assertEquals(401, locked.get("/api/info", "Cookie", session.replaceFirst(".$", "x")).status());
    }
}
