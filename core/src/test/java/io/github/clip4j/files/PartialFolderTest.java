package io.github.clip4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialFolderTest {
    @TempDir
    Path parent;

    private List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void appearsWhole() throws IOException {
        Path folder = parent.resolve("new/place");
        PartialFolder.write(folder, beside -> {
            assertFalse(Files.exists(folder));
            Files.writeString(beside.resolve("a"), "1");
            Files.writeString(beside.resolve("b"), "2");
        });
        assertEquals(List.of("a", "b"), names(folder));
        assertEquals(List.of("place"), names(folder.getParent()));
    }

    @Test
    void replacesAnEmptyFolderOnly() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("f"));
        PartialFolder.write(folder, beside -> Files.writeString(beside.resolve("a"), "1"));
        Path file = Files.writeString(parent.resolve("file"), "mine");
        Path dangling = Files.createSymbolicLink(parent.resolve("link"), parent.resolve("nowhere"));
        for (Path taken : List.of(folder, file, dangling)) {
            assertThrows(FileAlreadyExistsException.class,
                    () -> PartialFolder.write(taken, _ -> Files.writeString(parent.resolve("called"), "")));
        }
        assertEquals(List.of("f", "file", "link"), names(parent));
        assertEquals("1", Files.readString(folder.resolve("a")));
    }

    @Test
    void leavesNothingWhenWritingFails() throws IOException {
        IOException full = new IOException("disk full");
        assertEquals(full, assertThrows(IOException.class, () -> PartialFolder.write(parent.resolve("f"), beside -> {
            Files.writeString(beside.resolve("a"), "1");
            throw full;
        })));
        assertEquals(List.of(), names(parent));
    }

    @Test
    void removes() throws IOException {
        Path folder = parent.resolve("f");
        PartialFolder.write(folder, beside -> Files.writeString(beside.resolve("a"), "1"));
        PartialFolder.remove(folder);
        assertEquals(List.of(), names(parent));
    }
}
