package io.github.clip4j.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not to be had: one line that says what to do, and nothing in the cache that is not whole. */
class HubFailureTest {
    private static final byte[] WEIGHTS = FakeHub.large(50_000, 2);

    @TempDir
    private Path cache;
    private final FakeHub server = new FakeHub().put("org/clip", "config.json", "{\"model_type\": \"clip\"}")
            .put("org/clip", "model.safetensors", WEIGHTS)
            .put("org/bert", "config.json", "{\"model_type\": \"bert\"}").put("org/bert", "model.safetensors", WEIGHTS)
            .put("org/timm", "config.json", "{\"architecture\": \"resnet50\"}")
            .put("org/timm", "model.safetensors", WEIGHTS)
            .put("org/siglip", "config.json", "{\"model_type\": \"siglip\"}")
            .put("org/siglip", "model.safetensors", WEIGHTS)
            .put("org/roberta", "open_clip_config.json",
                    "{\"model_cfg\": {\"vision_cfg\": {\"layers\": 12}, \"text_cfg\": {\"hf_model_name\": \"roberta-base\"}}}")
            .put("org/resnet", "open_clip_config.json", "{\"model_cfg\": {\"vision_cfg\": {\"layers\": [3, 4, 6, 3]}}}")
            .put("org/none", "config.json", "{\"model_type\": \"clip\"}").put("org/none", "tf_model.h5", WEIGHTS)
            .put("org/bare", "ViT-B-32.pt", WEIGHTS)
            .put("org/broken", "config.json", "{\"model_type\": ").put("org/broken", "model.safetensors", WEIGHTS)
            .put("org/hostile", "config.json", "{\"model_type\": \"clip\"}")
            .put("org/hostile", "model.safetensors.index.json",
                    "{\"weight_map\": {\"a\": \"../../../evil.safetensors\"}}");

    @AfterEach
    void stop() {
        server.close();
    }

    private void refused(HubSettings settings, String name, String... parts) {
        HubException e = assertThrows(HubException.class, () -> new Hub(settings, HubListener.NONE).locate(name));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertEquals(1, e.getMessage().lines().count());
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    /** Nothing under a name that somebody would open. */
    private void nothingIsThere() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            assertEquals(List.of(),
                    files.filter(file -> file.toString().matches(".*/(blobs/[0-9a-f]{64}|.*\\.safetensors)")
                            && !file.toString().contains(".no_exist")).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    org/nothing       | org/nothing: there is no such folder here and no such model at | status 401 | HF_TOKEN
                    else/nothing      | else/nothing: there is no such folder here | status 404 | check the name
                    org/gated         | access has to be granted | status 403 | /org/gated
                    org/forbidden     | forbids it | status 403 | HF_TOKEN
                    org/clip@v9       | org/clip@v9: the repository has no revision "v9" | status 404 | see http
                    org/bert          | expected a CLIP, but its config.json says model_type "bert" | name another model | org/bert
                    org/siglip        | model_type "siglip" | expected a CLIP | name another
                    org/timm          | architecture "resnet50" | expected a CLIP | name another
                    org/roberta       | text_cfg.hf_model_name | is not run here | "roberta-base"
                    org/resnet        | a ResNet is not run | only a ViT | vision_cfg.layers
                    org/none          | has no config.json or open_clip_config.json with weights that are read | org/none/FILE.pt | /org/none
                    org/bare          | has no config.json or open_clip_config.json with weights that are read | org/bare/FILE.pt | org/bare:
                    org/clip/x/B.pt   | org/clip/x/B.pt | has no such file | /org/clip for those it has
                    org/broken        | config.json | the JSON text breaks off | before its end
                    org/hostile       | expected the plain name of a .safetensors file | evil.safetensors | index.json
                    clip-vit          | clip-vit: expected a model folder or file, which is not there | ORGANISATION/NAME | clip-vit
                    ./org/clip        | expected a model folder | not there | ./org/clip
                    ViT-B-32/laion3b  | expected a tag of open_clip's ViT-B-32 | laion2b_s34b_b79k | openai
                    """)
    void whatIsNotToBeHad(String name, String first, String second, String third) throws IOException {
        refused(server.settings(cache), name, first, second, third);
        assertEquals(0, server.count("signature="), "no weights are downloaded");
        nothingIsThere();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void aHubThatStaysBusy(int status) {
        server.failures.addAll(Collections.nCopies(5, status));
        refused(server.settings(cache), "org/clip", "too busy (status " + status + " after 5 tries)",
                "try again later");
        assertEquals(5, server.requests.size());
    }

    @Test
    void otherContentThanAnnounced() throws IOException {
        server.headers = Map.of("X-Linked-Etag", "\"" + "0".repeat(64) + "\"");
        refused(server.settings(cache), "org/clip", "the SHA-256 of", "0".repeat(64) + " was announced", "try again");
        nothingIsThere();
        server.headers = Map.of();
        assertTrue(Files.exists(new Hub(server.settings(cache), HubListener.NONE).locate("org/clip")));
    }

    @Test
    void moreOrLessThanAnnounced() throws IOException {
        server.headers = Map.of("X-Linked-Size", "" + (WEIGHTS.length - 1));
        refused(server.settings(cache), "org/clip",
                "model.safetensors has more than 49999 bytes, as many as were announced");
        nothingIsThere();
        server.headers = Map.of("X-Linked-Size", "" + (WEIGHTS.length + 1));
        refused(server.settings(cache), "org/clip", "model.safetensors is not complete");
        nothingIsThere();
        server.headers = Map.of();
        assertTrue(Files.exists(new Hub(server.settings(cache), HubListener.NONE).locate("org/clip")));
    }

    @Test
    void aDownloadThatStops() throws IOException {
        server.halves = Duration.ofMinutes(1);
        HubSettings all = server.settings(cache);
        HubSettings impatient = new HubSettings(all.endpoint(), "", cache, false, true, all.metadataTimeout(),
                Duration.ofMillis(100), all.pause(), all.proxy());
        refused(impatient, "org/clip", "model.safetensors is not complete", "in time, after 5 tries",
                "goes on from there");
        nothingIsThere();
    }

    @Test
    void hostileHeaders() throws IOException {
        for (Map<String, String> headers : List.of(Map.of("ETag", "\"../../evil\""), Map.of("ETag", "\".hidden\""),
                Map.of("X-Repo-Commit", "../../evil"), Map.of("X-Repo-Commit", ""))) {
            server.headers = headers;
            refused(server.settings(cache), "org/clip", "its answer has no", "check HF_ENDPOINT");
        }
        server.headers = Map.of("Location", "file:///etc/passwd");
        refused(server.settings(cache), "org/clip", "redirected to no http address");
        nothingIsThere();
    }

    @Test
    void aDiskThatIsTooSmall() throws IOException {
        server.headers = Map.of("X-Linked-Size", "1000000000000000");
        refused(server.settings(cache), "org/clip", "model.safetensors: needs 1,000,000,000,000,000 bytes of disk",
                "make room or set HF_HUB_CACHE");
        nothingIsThere();
    }

    @Test
    void aCacheThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));
        refused(server.settings(file), "org/clip", "the cache " + file + " cannot be written", "set HF_HUB_CACHE");
    }

    @Test
    void offlineNothingIsAskedFor() {
        HubSettings all = server.settings(cache);
        HubSettings offline = new HubSettings(all.endpoint(), "", cache, true, true, all.metadataTimeout(),
                all.downloadTimeout(), all.pause(), all.proxy());
        refused(offline, "org/clip", "the cache " + cache + " does not have all of it", "HF_HUB_OFFLINE is set");
        assertThrows(HubException.class,
                () -> new Hub(offline, HubListener.NONE).pull(HubName.parse("org/clip").orElseThrow()));
        assertEquals(List.of(), server.requests);
    }

    @Test
    void noHubNoHost() {
        server.close();
        refused(server.settings(cache), "org/clip", "cannot be reached (no connection)", "HTTPS_PROXY");
        HubSettings nowhere = new HubSettings(URI.create("http://no-such-host.invalid"), "", cache, false, true,
                Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(1), ProxySelector.of(null));
        refused(nowhere, "org/clip", "http://no-such-host.invalid cannot be reached (unknown host)");
    }
}
