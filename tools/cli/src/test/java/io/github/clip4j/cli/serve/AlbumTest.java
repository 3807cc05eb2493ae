package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.cli.TestTar;
import io.github.clip4j.search.IndexedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlbumTest {
    private static final byte[] CONTENT = {1, 2, 3};

    private final Album album = new Album(Optional.empty(), new Log(new PrintWriter(System.err)));

    private static IndexedImage image(Path file) {
        return new IndexedImage(file.toString(), CONTENT.length, 0, "", 1, 1);
    }

    @Test
    void imageOfATar(@TempDir Path folder) throws IOException {
        Path tar = new TestTar().file("d/a.jpg", CONTENT).write(folder.resolve("0.tar"));
        Path taken;
        try (Picture picture = album.picture(image(tar.resolve("d/a.jpg")))) {
            taken = picture.file();
            assertArrayEquals(CONTENT, Files.readAllBytes(taken));
        }
        assertFalse(Files.exists(taken));
        ApiException gone = assertThrows(ApiException.class, () -> album.picture(image(tar.resolve("d/b.jpg"))));
        assertEquals(410, gone.status());
        new TestTar().file("d/a.jpg", new byte[5]).write(tar);
        assertEquals(410,
                assertThrows(ApiException.class, () -> album.picture(image(tar.resolve("d/a.jpg")))).status());
    }
}
