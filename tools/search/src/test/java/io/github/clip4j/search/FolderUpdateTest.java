package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.search.FolderUpdate.Changes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FolderUpdateTest {
    private static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(16, 32, 2, 2, Activation.QUICK_GELU, 1e-5f), 32, 16, 3),
            new TextConfig(new TowerConfig(8, 16, 2, 2, Activation.QUICK_GELU, 1e-5f), 49408, 77, 49407), 8);
    private static final Supplier<Clip> NO_MODEL = () -> {
        throw new AssertionError("the model was opened");
    };

    @TempDir
    static Path model;
    private static Clip clip;

    @TempDir
    private Path folder;
    private Path photos;
    private final List<String> leftOut = new ArrayList<>();
    private int read;

    @BeforeAll
    static void open() {
        CONFIG.write(model.resolve("config.json"));
        SafetensorsWriter.write(model.resolve("model.safetensors"), new SyntheticCheckpoint(CONFIG).tensors(),
                Map.of());
        clip = Clip.open(model);
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    /** More than one batch, in folders within each other. */
    @BeforeEach
    void photos() throws IOException {
        photos = Files.createDirectories(folder.toRealPath().resolve("photos"));
        Files.createDirectories(photos.resolve("a/b"));
        for (int i = 0; i < 50; i++) {
            photo(name(i), i);
        }
    }

    private static String name(int i) {
        return List.of("", "a/", "a/b/").get(i % 3) + "photo %02d.%s".formatted(i, i % 2 == 0 ? "png" : "JPG");
    }

    private Path photo(String name, int seed) throws IOException {
        byte[] pixels = new byte[3 * 20 * 30];
        new Random(seed).nextBytes(pixels);
        Path file = photos.resolve(name);
        new RgbImage(20, 30, pixels).writePng(file);
        // files of one size are told from each other by their times
        return Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L + 1000 * seed));
    }

    private Changes update(Supplier<Clip> supplier, Path... folders) {
        leftOut.clear();
        read = 0;
        FolderUpdate.Listener listener = new FolderUpdate.Listener() {
            private int toRead;

            @Override
            public void compared(int files) {
                toRead = files;
            }

            @Override
            public void advanced(int files) {
                read += files;
                assertTrue(read <= toRead, read + " of " + toRead);
            }

            @Override
            public void leftOut(String message) {
                leftOut.add(message);
            }
        };
        try (ImageIndexWriter writer = ImageIndexWriter.open(folder.resolve("index"), ModelId.of("small", model), 8,
                false)) {
            return FolderUpdate.run(writer, List.of(folders), supplier, new ImageDecoder(), 2, listener);
        }
    }

    private Changes update() {
        return update(() -> clip, photos);
    }

    /** That the index holds the files of this list and of no others, each with its vector. */
    private void assertIndexIs(List<Path> files) throws IOException {
        try (ImageIndex index = ImageIndex.open(folder.resolve("index"))) {
            assertEquals(files.stream().map(Path::toString).sorted().toList(),
                    index.images().stream().map(IndexedImage::path).toList());
            for (Path file : files) {
                IndexedImage image = index.byPath(file.toString()).orElseThrow();
                assertEquals(new IndexedImage(file.toString(), Files.size(file),
                        Files.getLastModifiedTime(file).toMillis(),
                        Sha256.hex(Sha256.digest().digest(Files.readAllBytes(file))), 20, 30), image);
                assertArrayEquals(clip.embedImage(file), index.embedding(file).orElseThrow(), file.toString());
            }
        }
    }

    private List<Path> allPhotos() throws IOException {
        try (var files = Files.walk(photos)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void theFirstRunEmbedsAllAndTheSecondNothing() throws IOException {
        assertEquals(new Changes(50, 0, 0, 0, 0, 0), update());
        assertEquals(50, read);
        assertIndexIs(allPhotos());
        assertEquals(new Changes(0, 0, 0, 0, 50, 0), update(NO_MODEL, photos));
        assertEquals(0, read);
    }

    @Test
    void exactlyWhatIsDifferentIsTouched() throws IOException {
        update();
        for (int i = 0; i < 10; i++) {
            photo(name(i), 100 + i);
            photo("new %d.png".formatted(i), 200 + i);
            Files.delete(photos.resolve(name(40 + i)));
        }
        assertEquals(new Changes(10, 10, 0, 10, 30, 0), update());
        assertEquals(20, read);
        assertIndexIs(allPhotos());
        assertEquals(new Changes(0, 0, 0, 0, 50, 0), update(NO_MODEL, photos));
    }

    @Test
    void aKnownContentKeepsItsVectorWhereverItIs() throws IOException {
        update();
        Files.setLastModifiedTime(photos.resolve(name(0)), FileTime.fromMillis(1_000_000));
        Files.move(photos.resolve(name(1)), photos.resolve("moved.png"));
        Files.copy(photos.resolve(name(2)), photos.resolve("copied.png"));
        Files.move(photos.resolve(name(3)), folder.resolve("aside"));
        Files.move(photos.resolve(name(4)), photos.resolve(name(3)));
        Files.move(folder.resolve("aside"), photos.resolve(name(4)));
        assertEquals(new Changes(0, 0, 5, 1, 46, 0), update(NO_MODEL, photos));
        assertIndexIs(allPhotos());
    }

    @Test
    void brokenFilesAreToldAndLeaveTheIndex() throws IOException {
        update();
        Files.writeString(photos.resolve(name(7)), "no image any more");
        Files.writeString(photos.resolve("never.png"), "no image");
        assertEquals(new Changes(0, 0, 0, 0, 49, 2), update(NO_MODEL, photos));
        assertEquals(2, leftOut.size());
        assertTrue(leftOut.get(0).startsWith(photos.resolve(name(7)) + ": is a file that starts with"), leftOut + "");
        assertTrue(leftOut.get(1).startsWith(photos.resolve("never.png") + ": "), leftOut + "");
        try (ImageIndex index = ImageIndex.open(folder.resolve("index"))) {
            assertEquals(49, index.size());
        }
    }

    @Test
    void whatIsBesideTheWalkedFoldersStays() throws IOException {
        update();
        Path other = Files.createDirectories(folder.resolve("photos and more"));
        Files.copy(photos.resolve(name(0)), other.resolve("other.png"));
        assertEquals(new Changes(0, 0, 1, 0, 0, 0), update(NO_MODEL, other));
        Files.delete(photos.resolve(name(1)));
        Files.delete(photos.resolve(name(0)));
        assertEquals(new Changes(0, 0, 0, 1, 32, 0), update(NO_MODEL, photos.resolve("a")));
        try (ImageIndex index = ImageIndex.open(folder.resolve("index"))) {
            assertEquals(50, index.size());
        }
        assertEquals(new Changes(0, 0, 0, 1, 49, 0), update(NO_MODEL, other, photos, photos.resolve("a")));
    }

    @Test
    @Timeout(60)
    void linksToFilesAreFollowedAndLoopsEnd() throws IOException {
        Path linked = Files.createDirectories(folder.toRealPath().resolve("linked"));
        Path outside = Files.move(photos.resolve(name(0)), linked.resolve("outside.png"));
        Files.createSymbolicLink(photos.resolve("link.png"), outside);
        Files.createSymbolicLink(photos.resolve("nowhere.png"), folder.resolve("none"));
        Files.createSymbolicLink(photos.resolve("itself.png"), photos.resolve("itself.png"));
        Files.createSymbolicLink(photos.resolve("a/loop"), photos);
        Files.createSymbolicLink(photos.resolve("folder.png"), linked);
        Path start = Files.createSymbolicLink(folder.resolve("start"), photos);
        Changes changes = update(() -> clip, start);
        assertEquals(50, changes.added());
        assertEquals(2, leftOut.size(), leftOut + "");
        assertTrue(leftOut.stream().anyMatch(message -> message.contains("itself.png: cannot be read")), leftOut + "");
        assertTrue(leftOut.stream().anyMatch(message -> message.endsWith("nowhere.png: is a link that leads nowhere")),
                leftOut + "");
        try (ImageIndex index = ImageIndex.open(folder.resolve("index"))) {
            assertTrue(index.byPath(photos.resolve("link.png").toString()).isPresent());
            assertTrue(index.embedding(start.resolve("link.png")).isPresent());
        }
    }

    @Test
    void whatMayNotBeReadIsToldAndKept() throws IOException {
        update();
        Path file = photos.resolve(name(1));
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isReadable(file), "root reads everything");
        assertEquals(new Changes(0, 0, 0, 0, 49, 1), update(NO_MODEL, photos));
        assertEquals(List.of(file + ": cannot be read: its permissions forbid it"), leftOut);
    }

    @Test
    void aFolderThatIsNoneRemovesNothing() {
        update();
        assertThrows(IndexException.class, () -> update(NO_MODEL, photos, photos.resolve("none")));
        assertThrows(IndexException.class, () -> update(NO_MODEL, photos.resolve(name(0))));
        try (ImageIndex index = ImageIndex.open(folder.resolve("index"))) {
            assertEquals(50, index.size());
        }
    }

    @Test
    void theIdentityOfAModelIsThatOfItsFiles() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(model.resolve(file), copy.resolve(file));
        }
        ModelId id = ModelId.of("a", model);
        assertTrue(id.isSame(ModelId.of("b", copy)));
        Files.writeString(copy.resolve("README.md"), "does not matter");
        assertTrue(id.isSame(ModelId.of("b", copy)));
        byte[] weights = Files.readAllBytes(copy.resolve("model.safetensors"));
        weights[weights.length - 1] ^= 1;
        Files.write(copy.resolve("model.safetensors"), weights);
        assertTrue(!id.isSame(ModelId.of("a", copy)));
        assertThrows(IndexException.class, () -> ModelId.of("a", folder.resolve("none")));
    }
}
