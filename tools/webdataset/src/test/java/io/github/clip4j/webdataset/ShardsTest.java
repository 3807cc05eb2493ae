package io.github.clip4j.webdataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsTest {
    @Test
    void expands() {
        assertEquals(List.of("d/a.tar"), Shards.expand("d/a.tar"));
        assertEquals(List.of("d/00008.tar", "d/00009.tar", "d/00010.tar"), Shards.expand("d/{00008..00010}.tar"));
        assertEquals(List.of("8.tar", "9.tar", "10.tar"), Shards.expand("{8..10}.tar"));
        assertEquals(List.of("a0.tar", "a1.tar", "b0.tar", "b1.tar"), Shards.expand("{a,b}{0..1}.tar"));
    }

    @Test
    void fileOfThisName(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("{0..1}.tar"));
        assertEquals(List.of(file.toString()), Shards.expand(file.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}.tar", "{x}.tar", "{3..1}.tar", "{0..99999999}.tar", "{0..999}{0..9999}.tar"})
    void refuses(String name) {
        WebDatasetException e = assertThrows(WebDatasetException.class, () -> Shards.expand(name));
        assertTrue(e.getMessage().startsWith(name + ": "), e.getMessage());
    }
}
