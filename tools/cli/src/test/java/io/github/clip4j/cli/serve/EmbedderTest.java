package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedderTest {
    private static final int TEXTS = 40;
    private static final int CROPS = 3;

    @TempDir
    static Path folder;

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatComesTogetherGoesThroughTheTowersTogetherAndGivesTheSameBits() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Clip clip = Clip.open(TestData.model(folder.resolve("model")));
                Embedder embedder = new Embedder(ids -> {
                    passes.incrementAndGet();
                    busy.countDown();
                    await(goOn);
                    return clip.embedTokens(ids);
                }, crops -> {
                    passes.incrementAndGet();
                    return clip.embedCrops(crops);
                })) {
            List<String> texts = IntStream.range(0, TEXTS).mapToObj(i -> "text " + i).toList();
            List<RgbImage> crops = new ArrayList<>();
            for (int i = 0; i < CROPS; i++) {
                crops.add(clip.preprocessor().crop(clip.readImage(TestData.image(folder.resolve(i + ".png"), i))));
            }
            List<CompletableFuture<float[]>> first = embedder.texts(List.of(clip.tokenize("the first")));
            await(busy);
            List<CompletableFuture<float[]>> others = texts.stream()
                    .map(text -> embedder.texts(List.of(clip.tokenize(text))).getFirst()).toList();
            List<CompletableFuture<float[]>> images = crops.stream().map(embedder::image).toList();
            goOn.countDown();

            assertArrayEquals(clip.embedTexts(List.of("the first")).getFirst(), first.getFirst().join());
            for (int i = 0; i < TEXTS; i++) {
                assertArrayEquals(clip.embedTexts(List.of(texts.get(i))).getFirst(), others.get(i).join());
            }
            for (int i = 0; i < CROPS; i++) {
                assertArrayEquals(clip.embedCrops(List.of(crops.get(i))).getFirst(), images.get(i).join());
            }
            assertEquals(1 + 2 + 1, passes.get()); // the first, 32 texts, 8 texts with 3 images
        }
    }

    @Test
    void aTowerThatFailsFailsItsPassAndNoOther() {
        AtomicInteger passes = new AtomicInteger();
        try (Embedder embedder = new Embedder(ids -> {
            if (passes.getAndIncrement() == 0) {
                throw new IllegalStateException("the first pass");
            }
            return ids.stream().map(text -> new float[text.length]).toList();
        }, _ -> List.of())) {
            CompletableFuture<float[]> failed = embedder.texts(List.of(new int[1])).getFirst();
            assertEquals("the first pass",
                    assertThrows(CompletionException.class, failed::join).getCause().getMessage());
            assertEquals(7, embedder.texts(List.of(new int[7])).getFirst().join().length);
        }
    }

    /** Requests at a time, one of them at fault. */
    @Test
    void aTextThatIsTooLongFailsItsOwnRequestOnly() throws Exception {
        try (TestServer server = new TestServer(folder.resolve("server"), TestServer.SETTINGS)) {
            List<CompletableFuture<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String text = i == 7 ? "a cat ".repeat(100) : "a cat " + i;
                statuses.add(server.postAsync("/api/search", "{\"texts\": [\"" + text + "\"]}")
                        .thenApply(TestServer.Answer::status));
            }
            for (int i = 0; i < 16; i++) {
                assertEquals(i == 7 ? 400 : 200, statuses.get(i).join(), "request " + i);
            }
            assertTrue(server.log().isEmpty(), server.log());
        }
    }
}
