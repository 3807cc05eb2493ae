package io.github.clip4j.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
    @TempDir
    private Path home;

    private HubSettings of(String... variables) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return HubSettings.of(environment, home);
    }

    @Test
    void theCacheIsWherePythonHasIt() {
        assertEquals(home.resolve(".cache/huggingface/hub"), of().cache());
        assertEquals(Path.of("/x/huggingface/hub"), of("XDG_CACHE_HOME", "/x").cache());
        assertEquals(Path.of("/h/hub"), of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache());
        assertEquals(home.resolve("c"), of("HF_HOME", "/h", "HF_HUB_CACHE", "~/c").cache());
    }

    @Test
    void theTokenIsThatOfTheEnvironmentOrOfItsFile() throws IOException {
        assertEquals("", of().token());
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "hf_file\n");
        assertEquals("hf_file", of().token());
        assertEquals("hf_environment", of("HF_TOKEN", " hf_environment\n").token());
        assertEquals("", of("HF_TOKEN_PATH", "/none").token());
        HubException e = assertThrows(HubException.class, () -> of("HF_TOKEN", "hf se\ncret"));
        assertFalse(e.getMessage().contains("cret"), e.getMessage());
    }

    @Test
    void switchesAndTimes() {
        assertEquals(URI.create("https://huggingface.co"), of().endpoint());
        assertEquals(URI.create("http://mirror:8080/hf"), of("HF_ENDPOINT", "http://mirror:8080/hf/").endpoint());
        assertTrue(of("HF_HUB_OFFLINE", "1").offline() && of("HF_HUB_OFFLINE", "True").offline());
        assertFalse(of("HF_HUB_OFFLINE", "0").offline() || of("HF_HUB_OFFLINE", "").offline());
        assertFalse(of("HF_HUB_DISABLE_SYMLINKS", "yes").links());
        assertEquals(Duration.ofSeconds(10), of().metadataTimeout());
        assertEquals(Duration.ofSeconds(3), of("HF_HUB_ETAG_TIMEOUT", "3").metadataTimeout());
        assertEquals(Duration.ofSeconds(60), of("HF_HUB_DOWNLOAD_TIMEOUT", "60").downloadTimeout());
        for (String bad : List.of("huggingface.co", "ftp://host", "http:///x", "::")) {
            assertThrows(HubException.class, () -> of("HF_ENDPOINT", bad), bad);
        }
        assertThrows(HubException.class, () -> of("HF_HUB_ETAG_TIMEOUT", "soon"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://huggingface.co | proxy:3128
            https://a.local        | direct
            https://local          | direct
            https://notlocal       | proxy:3128
            http://huggingface.co  | other:80
            """)
    void proxiesOfTheEnvironment(URI uri, String expected) {
        List<Proxy> proxies = of("HTTPS_PROXY", "http://proxy:3128", "http_proxy", "other", "NO_PROXY", "x.org, .local")
                .proxy().select(uri);
        assertEquals(expected.equals("direct")
                ? Proxy.NO_PROXY
                : new Proxy(Proxy.Type.HTTP,
                        new InetSocketAddress(expected.split(":")[0], Integer.parseInt(expected.split(":")[1]))),
                proxies.getFirst());
    }

    @Test
    void javasPropertiesComeFirst() {
        System.setProperty("https.proxyHost", "javas");
        try {
            assertEquals(List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("javas", 443))),
                    of("HTTPS_PROXY", "http://proxy:3128").proxy().select(URI.create("https://huggingface.co")));
        } finally {
            System.clearProperty("https.proxyHost");
        }
    }

    @Test
    void theProxyIsAskedInsteadOfTheHub() {
        try (FakeHub proxy = new FakeHub().put("org/clip", "config.json", "{\"model_type\": \"bert\"}")) {
            HubSettings settings = of("HF_ENDPOINT", "http://hub.invalid", "HTTP_PROXY", proxy.address().toString());
            HubException e = assertThrows(HubException.class,
                    () -> new Hub(settings, HubListener.NONE).locate("org/clip"));
            assertTrue(e.getMessage().contains("bert"), e.getMessage());
            assertTrue(proxy.count("http://hub.invalid/org/clip/resolve/main/config.json") > 0, "" + proxy.requests);
        }
        HubSettings broken = of("HTTPS_PROXY", "socks://user:secret@proxy");
        HubException e = assertThrows(HubException.class, () -> broken.proxy().select(URI.create("https://a")));
        assertEquals("HTTPS_PROXY: expected http://HOST:PORT, found something else", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "clip", "/a/b", "./a/b", "../a", "a/b/", "a/b/c", "a//b", "a/..", "../b", "a/b@",
            "a/b@../c",
            "a/b@x/../y", "a/b--c", "a/b.git", "a/b.safetensors", "a/b c", "a/b/../c.pt", "a/b/.x.pt", "-a/b", "a/b-",
            "https://huggingface.co/a/b", "a\\b", "a/b\n"})
    void noNames(String text) {
        assertEquals(Optional.empty(), HubName.parse(text));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"openai/clip-vit-base-patch32, openai/clip-vit-base-patch32, main, ''",
            "a/b_c.d-e@v1.0, a/b_c.d-e, v1.0, ''", "a/b@refs/pr/1, a/b, refs/pr/1, ''", "a/b/c/d.pt@x, a/b, x, c/d.pt",
            "ViT-B-32/laion2b_s34b_b79k, laion/CLIP-ViT-B-32-laion2B-s34B-b79K, main, ''",
            "ViT-B-32/laion2b-s34b-b79k@x, laion/CLIP-ViT-B-32-laion2B-s34B-b79K, x, ''",
            "ViT-B-32-quickgelu/openai, timm/vit_base_patch32_clip_224.openai, main, ''",
            "ViT-bigG-14/laion2b_s39b_b160k, laion/CLIP-ViT-bigG-14-laion2B-39B-b160k, main, ''"})
    void names(String text, String repository, String revision, String file) {
        assertEquals(Optional.of(new HubName(repository, revision, file)), HubName.parse(text));
    }
}
