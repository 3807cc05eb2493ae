package io.github.clip4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models by name from a hub of the tests' own. */
class HubTest {
    private static final String CLIP = "{\"model_type\": \"clip\"}";
    private static final byte[] WEIGHTS = FakeHub.large(300_000, 1);
    private static final HubName NAME = HubName.parse("org/clip").orElseThrow();

    @TempDir
    private Path cache;
    private final FakeHub server = new FakeHub().put("org/clip", "config.json", CLIP)
            .put("org/clip", "model.safetensors", WEIGHTS).put("org/clip", "pytorch_model.bin", WEIGHTS)
            .put("org/clip", "vocab.json", "{}").put("org/clip", "README.md", "not needed");

    @AfterEach
    void stop() {
        server.close();
    }

    private Hub hub() {
        return new Hub(server.settings(cache), HubListener.NONE);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(file))
                    .map(file -> folder.relativize(file).toString()).sorted().toList();
        }
    }

    @Test
    void theFirstUseDownloadsAndTheSecondUsesNoNetwork() throws IOException {
        Path folder = hub().open(NAME);
        assertEquals(List.of("config.json", "model.safetensors", "vocab.json"), names(folder));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals(cache.resolve("models--org--clip/snapshots/" + FakeHub.COMMIT), folder);
        assertEquals(FakeHub.COMMIT, Files.readString(cache.resolve("models--org--clip/refs/main")));
        assertEquals(Path.of("../../blobs", FakeHub.hash("SHA-256", WEIGHTS)),
                Files.readSymbolicLink(folder.resolve("model.safetensors")));
        assertEquals(List.of("merges.txt", "open_clip_config.json", "preprocessor_config.json",
                "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"),
                names(cache.resolve("models--org--clip/.no_exist/" + FakeHub.COMMIT)));
        assertEquals(3, names(cache.resolve("models--org--clip/blobs")).size());

        server.requests.clear();
        assertEquals(folder, hub().open(NAME));
        assertEquals(folder, hub().open(HubName.parse("org/clip@" + FakeHub.COMMIT).orElseThrow()));
        assertEquals(folder, hub().locate("org/clip@main"));
        assertEquals(List.of(), server.requests);
    }

    @Test
    void anExistingPathWins() throws IOException {
        Path file = Files.createFile(cache.resolve("model"));
        assertEquals(file, hub().locate(file.toString()));
        assertEquals(List.of(), server.requests);
    }

    @Test
    void revisionsAndOldNamesAreFollowed() throws IOException {
        assertTrue(Files.exists(hub().open(HubName.parse("org/clip@refs/pr/1").orElseThrow())));
        assertEquals(FakeHub.COMMIT, Files.readString(cache.resolve("models--org--clip/refs/refs/pr/1")));
        assertTrue(Files.exists(hub().open(HubName.parse("org/old").orElseThrow()).resolve("model.safetensors")));
    }

    @Test
    void pullAsksForSomethingNewerAndOpenDoesNot() throws IOException {
        Path old = hub().open(NAME);
        server.commit = "f".repeat(40);
        server.put("org/clip", "vocab.json", "{\"a\": 1}");
        assertEquals(old, hub().open(NAME));
        server.requests.clear();
        Path fresh = hub().pull(NAME);
        assertEquals(server.commit, fresh.getFileName().toString());
        assertEquals("{\"a\": 1}", Files.readString(fresh.resolve("vocab.json")));
        assertEquals(0, server.count("GET /org/clip/resolve/" + server.commit + "/model.safetensors"),
                "its blob is here");
        assertEquals(fresh, hub().open(NAME));
        assertEquals(List.of("main"), hub().cached().getLast().revisions());
        assertEquals(List.of(), hub().cached().getFirst().revisions());
    }

    @Test
    void whatPythonHasFetchedIsUsed() throws IOException {
        Path snapshot = Files.createDirectories(cache.resolve("models--org--clip/snapshots/" + FakeHub.COMMIT));
        Files.createDirectories(cache.resolve("models--org--clip/refs"));
        Files.writeString(cache.resolve("models--org--clip/refs/main"), FakeHub.COMMIT);
        Files.writeString(snapshot.resolve("config.json"), CLIP);
        Files.writeString(snapshot.resolve("model.safetensors"), "weights");
        assertEquals(snapshot, hub().open(NAME));
        assertEquals(List.of("config.json", "model.safetensors", "vocab.json"), names(snapshot));
        server.requests.clear();
        assertEquals(snapshot, hub().open(NAME));
        assertEquals(List.of(), server.requests);
    }

    /** Repositories by their files; of configs, what is in them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    model.safetensors model.safetensors.index.json                 | model.safetensors
                    model.safetensors.index.json a.safetensors b.safetensors pytorch_model.bin | model.safetensors.index.json a.safetensors b.safetensors
                    open_clip_model.safetensors pytorch_model.bin                    | open_clip_model.safetensors
                    pytorch_model.bin open_clip_pytorch_model.bin flax_model.msgpack | pytorch_model.bin
                    open_clip_pytorch_model.bin flax_model.msgpack tf_model.h5       | open_clip_pytorch_model.bin
                    flax_model.msgpack tf_model.h5                                   | flax_model.msgpack
                    """)
    void oneFormOfTheWeightsIsFetched(String has, String fetched) throws IOException {
        server.put("org/forms", "config.json", CLIP);
        for (String file : has.split(" ")) {
            server.put("org/forms", file, file.endsWith(".index.json")
                    ? "{\"weight_map\": {\"x\": \"b.safetensors\", \"y\": \"a.safetensors\", \"z\": \"a.safetensors\"}}"
                    : file);
        }
        Path folder = hub().open(HubName.parse("org/forms").orElseThrow());
        TreeSet<String> expected = new TreeSet<>(List.of(fetched.split(" ")));
        expected.add("config.json");
        assertEquals(List.copyOf(expected), names(folder));
        server.requests.clear();
        hub().open(HubName.parse("org/forms").orElseThrow());
        assertEquals(List.of(), server.requests);
    }

    /** timm's repositories have another model under transformers' names, and CLIP under open_clip's. */
    @Test
    void besideTheConfigOfAnotherModelTheWeightsAreOpenClips() throws IOException {
        String repository = "timm/vit_base_patch32_clip_224.openai";
        for (String file : List.of("model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors",
                "open_clip_pytorch_model.bin")) {
            server.put(repository, file, file);
        }
        server.put(repository, "config.json", "{\"architecture\": \"vit_base_patch32\"}")
                .put(repository, "open_clip_config.json", "{\"model_cfg\": {\"embed_dim\": 512}}");
        Path folder = hub().locate("ViT-B-32/openai");
        assertEquals(List.of("config.json", "open_clip_config.json", "open_clip_model.safetensors"), names(folder));
    }

    @Test
    void oneFileOfBareWeights() throws IOException {
        server.put("org/bare", "ckpt/B-32.pt", WEIGHTS);
        Path file = hub().locate("org/bare/ckpt/B-32.pt");
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        assertEquals(Path.of("../../../blobs", FakeHub.hash("SHA-256", WEIGHTS)), Files.readSymbolicLink(file));
        assertEquals("org/bare", CachedModel.at(file).orElseThrow().repository());
        server.requests.clear();
        assertEquals(file, hub().locate("org/bare/ckpt/B-32.pt"));
        assertEquals(List.of(), server.requests);
    }

    @Test
    void offlineWhatIsInTheCacheWorks() {
        Path folder = hub().open(NAME);
        server.close();
        HubSettings here = server.settings(cache);
        HubSettings offline = new HubSettings(here.endpoint(), "", cache, true, true, here.metadataTimeout(),
                here.downloadTimeout(), here.pause(), here.proxy());
        assertEquals(folder, new Hub(offline, HubListener.NONE).open(NAME));
        assertEquals(folder, hub().open(NAME));
    }

    @Test
    void withoutTheHubWhatCanRunIsUsed() throws IOException {
        Path folder = hub().open(NAME);
        Files.delete(cache.resolve("models--org--clip/.no_exist/" + FakeHub.COMMIT + "/merges.txt"));
        server.close();
        assertEquals(folder, hub().open(NAME));
    }

    @Test
    void copiesWhereThereAreNoLinks() throws IOException {
        HubSettings here = server.settings(cache);
        HubSettings copies = new HubSettings(here.endpoint(), "", cache, false, false, here.metadataTimeout(),
                here.downloadTimeout(), here.pause(), here.proxy());
        Path file = new Hub(copies, HubListener.NONE).open(NAME).resolve("model.safetensors");
        assertFalse(Files.isSymbolicLink(file));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
    }

    @Test
    void aLinkToABlobThatIsGoneIsMadeAnew() throws IOException {
        Path file = hub().open(NAME).resolve("model.safetensors");
        Files.delete(file.toRealPath());
        assertArrayEquals(WEIGHTS, Files.readAllBytes(hub().open(NAME).resolve("model.safetensors")));
    }

    @Test
    void theTokenStaysAtHome() {
        hub().open(NAME);
        assertTrue(server.count("HEAD /org/clip/resolve/main/config.json  Bearer hf_secret") == 1,
                "" + server.requests);
        List<String> elsewhere = server.requests.stream().filter(request -> request.contains("signature=")).toList();
        assertEquals(List.of("GET /org/clip/resolve/" + FakeHub.COMMIT + "/model.safetensors?signature=a%2Fb"),
                elsewhere);
        assertFalse(hub().settings().toString().contains("secret"));
    }

    @Test
    void textThatComesZippedAndWithoutASizeIsUnzipped() throws IOException {
        server.zipped = true;
        server.untold = true;
        assertEquals(CLIP, Files.readString(hub().open(NAME).resolve("config.json")));
    }

    @Test
    void aCutGoesOnWhereItWas() throws IOException {
        server.cuts.addAll(List.of(100_000, 50_000, 0));
        List<Long> done = new ArrayList<>();
        Path folder = new Hub(server.settings(cache), (file, bytes, total) -> {
            if (file.equals("model.safetensors")) {
                assertEquals(WEIGHTS.length, total);
                done.add(bytes);
            }
        }).open(NAME);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals(3, rests(), "" + server.requests);
        assertEquals(done.stream().sorted().toList(), done);
        assertEquals(WEIGHTS.length, done.getLast());
    }

    @Test
    void whereTheServerKnowsNoRangesItStartsAgain() throws IOException {
        server.cuts.add(100_000);
        server.ranges = false;
        Path folder = hub().open(NAME);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals(1, rests(), "" + server.requests);
    }

    /** How often the rest of a file was asked for; where from depends on what came before the connection broke. */
    private long rests() {
        return server.requests.stream().filter(request -> request.matches(".* bytes=[1-9][0-9]*-")).count();
    }

    @Test
    void aBusyHubIsAskedAgain() {
        server.failures.addAll(List.of(429, 503, 408, 500));
        assertTrue(Files.exists(hub().open(NAME)));
        assertEquals(5, server.count("main/config.json") - 1, "" + server.requests);
    }

    @Test
    void threadsAtOnceDownloadOnce() throws Exception {
        List<Path> folders = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                Path folder = hub().open(NAME);
                synchronized (folders) {
                    folders.add(folder);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4, folders.size());
        assertEquals(1, server.count("signature="), "" + server.requests);
    }

    @Test
    void theCacheIsListed() {
        assertEquals(List.of(), hub().cached());
        Path folder = hub().open(NAME);
        CachedModel model = hub().cached().getFirst();
        assertEquals(new CachedModel("org/clip", List.of("main"), FakeHub.COMMIT, folder), model);
        assertEquals(WEIGHTS.length + CLIP.length() + 2, model.size());
        assertTrue(model.isComplete());
        assertEquals(model, CachedModel.at(folder).orElseThrow());
        assertTrue(CachedModel.at(cache).isEmpty());
    }
}
