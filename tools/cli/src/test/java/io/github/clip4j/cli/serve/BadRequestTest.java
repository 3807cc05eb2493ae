package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.serve.TestServer.Answer;
import io.github.clip4j.cli.TestData;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request, the answer is one line with a status that fits, and nothing is left behind. */
class BadRequestTest {
    @TempDir
    static Path folder;
    private static TestServer server;
    private static byte[] image;
    private static long uploads;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder, TestServer.SETTINGS);
        image = Files.readAllBytes(TestData.image(folder.resolve("sent.png"), 77));
        uploads = uploads();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertEquals("", server.log());
        assertEquals(uploads, uploads(), "uploads left in the folder for temporary files");
    }

    private static long uploads() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.toString().endsWith(".upload")).count();
        }
    }

    private static void refused(int status, String message, Answer answer) throws IOException {
        assertEquals(status, answer.status(), answer.toString());
        assertEquals("application/json", answer.header("Content-Type"));
        assertTrue(answer.error().contains(message), answer.error());
        assertFalse(answer.error().matches("(?s).*(\\R|Exception|io\\.github|/tmp).*"), answer.error());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                           | the body is not JSON
            []                                          | expected an object
            null                                        | expected an object
            "a"                                         | expected
            {"texts": ["a"]} {}                         | the body
            {"texts": ["a"], "texts": ["b"]}            | Duplicate field
            {"text": "a"}                               | there is no option "text"
            {"texts": [["a"]]}                          | "texts": expected
            {"texts": {"a": 1}}                         | "texts": expected
            {"texts": [null]}                           | "texts": one is empty
            {"texts": [" "]}                            | "texts": one is empty
            {"texts": ["a"], "top": "many"}             | "top": expected a whole number
            {"texts": ["a"], "top": 2.5}                | "top": expected a whole number
            {"texts": ["a"], "top": 99999999999}        | "top"
            {"texts": ["a"], "top": 0}                  | "top": 0, expected 1 to 1000
            {"texts": ["a"], "top": 1001}               | "top": 1001, expected 1 to 1000
            {"texts": ["a"], "minScore": "NaN"}         | not a number
            {"texts": ["a"], "minRelevance": 1.5}       | expected 0 to 1
            {"texts": ["a"], "minRelevance": "NaN"}     | expected 0 to 1
            {"texts": ["a"], "filter": "["}             | glob
            {}                                          | the parts of the query cancel
            {"texts": ["a"], "minusTexts": ["a"]}       | the parts of the query cancel
            """)
    void aSearchThatCannotBe(String json, String message) throws Exception {
        refused(400, message, server.post("/api/search", json));
    }

    @Test
    void moreThanTheLimits() throws Exception {
        String many = "{\"texts\": [" + "\"a\",".repeat(32) + "\"b\"]}";
        refused(400, "\"texts\": 33 of them, more than the limit of 32", server.post("/api/search", many));
        String characters = "{\"texts\": [\"" + "x".repeat(1001) + "\"]}";
        refused(400, "\"texts\": one has 1001 characters", server.post("/api/search", characters));
        String tokens = "{\"texts\": [\"" + "a cat ".repeat(100) + "\"]}";
        refused(400, "202 tokens, the model takes 77", server.post("/api/search", tokens));
        String nested = "{\"texts\": " + "[".repeat(5000) + "]".repeat(5000) + "}";
        assertEquals(400, server.post("/api/search", nested).status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/classify                           | no labels
            /api/classify?label=a&label=a           | given twice
            /api/classify?label=a&template=b        | has no {}
            /api/classify?label=a&image=b           | either as the body or as "image"
            /api/classify?label=a&colour=b          | there is no option "colour"
            /api/find                               | "text" is missing
            /api/explain                            | "text" is missing
            /api/find?text=a&grid=0                 | a grid of 0
            /api/find?text=a&grid=x                 | "grid": expected a whole number
            /api/find?text=a&grid=8&grid=9          | "grid": expected a whole number
            /api/find?text=a&tile=41                | tiles of 41 pixels
            /api/find?text=a&tile=1                 | tiles, more than the limit
            /api/find?text=a&grid=4&tile=4          | either "grid" or "tile"
            /api/find?text=a&top=0                  | "top": 0
            /api/search?top=0                       | "top": 0
            """)
    void optionsThatCannotBe(String path, String message) throws Exception {
        refused(400, message, server.post(path, "image/png", image));
    }

    @ParameterizedTest
    @CsvSource({"GET,/api/search,POST", "DELETE,/api/classify,POST", "OPTIONS,/api/find,POST", "POST,/api/info,GET",
            "PUT,/,GET", "POST,/app.js,GET", "PATCH,/api/images/0,GET"})
    void methodsThatAnAddressDoesNotHave(String method, String path, String allowed) throws Exception {
        Answer answer = server.send(server.request(path).method(method, BodyPublishers.noBody()).build());
        refused(405, "expected " + allowed, answer);
        assertEquals(allowed, answer.header("Allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/api/", "/api/images", "/api/images/", "/api/images/0/thumbnail/1", "/index.html",
            "/page/app.js", "/api/images/00000000000000000000000000000000", "/api/images/x/thumbnail"})
    void nothingIsThere(String path) throws Exception {
        assertEquals(404, server.get(path).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/images/../../etc/passwd", "/api/images/..%2f..%2fetc%2fpasswd",
            "/api/images/%2e%2e/%2e%2e/etc/passwd", "/api/images/..;/..;/etc/passwd", "/../../etc/passwd",
            "/api/images/%252e%252e%252fetc%252fpasswd", "//etc/passwd", "/api/images/%00", "/..\\..\\etc\\passwd"})
    void noFileIsReachedByAPath(String path) throws IOException {
        String answer = server.raw("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close", "", "");
        assertTrue(answer.matches("(?s)HTTP/1.1 40[04] .*\\{\"error\":\"[^\\n]*\"}"), answer);
    }

    @Test
    void contentThatIsNoImage() throws Exception {
        byte[] page = "<!DOCTYPE html><p>Hello".getBytes();
        refused(415, "the body is \"text/html\", expected", server.post("/api/classify?label=a", "text/html", page));
        refused(415, "the body is \"image/svg+xml\"", server.post("/api/search", "image/svg+xml", page));
        refused(415, "the image: is an HTML page, expected", server.post("/api/classify?label=a", "image/png", page));
        refused(415, "the image: is empty", server.post("/api/find?text=a", "image/png", new byte[0]));
        refused(400, "not into the address", server.post("/api/search?top=1", "{}"));
    }

    @Test
    void imagesThatAreBrokenOrTooLarge() throws Exception {
        byte[] half = Arrays.copyOf(image, image.length / 2);
        for (String path : List.of("/api/search", "/api/classify?label=a", "/api/find?text=a")) {
            refused(422, "the image: is a truncated PNG image", server.post(path, "image/png", half));
            refused(413, "the image: has 40000 x 40000 pixels, more than the limit of 10000",
                    server.post(path, "image/png", hugePng()));
            refused(413, "more than 1048576 bytes", server.post(path, "image/png", new byte[(1 << 20) + 1]));
        }
    }

    @Test
    void aBodyThatIsTooLargeIsToldAlsoWhereItsLengthIsNot() throws Exception {
        byte[] large = new byte[3 << 20];
        System.arraycopy(image, 0, large, 0, image.length);
        var chunked = BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(large));
        Answer answer = server.send(server.request("/api/search").header("Content-Type", "image/png").POST(chunked)
                .build());
        refused(413, "more than 1048576 bytes", answer);
    }

    @Test
    void whatIsNotHttp() throws IOException {
        List<String> answers = new ArrayList<>();
        answers.add(server.raw("HELLO", "", ""));
        answers.add(server.raw("GET / HTTP/1.1", "", ""));
        answers.add(server.raw("GET / HTTP/1.1", "Host: localhost", "Content-Length: -1", "", ""));
        answers.add(server.raw("GET / HTTP/1.1", "Host: localhost", "X: " + "x".repeat(20_000), "", ""));
        answers.add(server.raw("POST /api/search HTTP/1.1", "Host: localhost", "Content-Length: 3",
                "Transfer-Encoding: chunked", "", ""));
        for (String answer : answers) {
            assertTrue(answer.matches("(?s)HTTP/1.1 4\\d\\d .*"), answer);
            assertFalse(answer.toLowerCase(Locale.ROOT).contains("jetty"), answer);
        }
    }

    /** A file of less than a hundred bytes that claims to have 40,000 x 40,000 pixels. */
    private static byte[] hugePng() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        chunk(out, "IHDR", new byte[]{0, 0, (byte) 0x9c, 0x40, 0, 0, (byte) 0x9c, 0x40, 8, 2, 0, 0, 0});
        chunk(out, "IDAT", new byte[]{0x78, (byte) 0x9c, 0x63, 0, 0, 0, 1, 0, 1});
        chunk(out, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
        byte[] named = new byte[4 + content.length];
        System.arraycopy(type.getBytes(), 0, named, 0, 4);
        System.arraycopy(content, 0, named, 4, content.length);
        CRC32 checksum = new CRC32();
        checksum.update(named);
        out.writeInt(content.length);
        out.write(named);
        out.writeInt((int) checksum.getValue());
    }
}
