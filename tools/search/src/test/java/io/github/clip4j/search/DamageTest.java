package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever happens to the files of an index: it answers as before, or says that it is damaged. */
class DamageTest {
    private static final int FLIPS = 60;

    @TempDir
    private Path folder;
    private final List<float[]> vectors = TestIndex.units(new Random(1), 60, 8);

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,true"})
    void isToldOrDoesNotMatter(boolean quantized, boolean compact) throws IOException {
        TestIndex.write(folder, vectors, 25, quantized);
        try (ImageIndexWriter writer = TestIndex.writer(folder, 8)) {
            writer.remove(TestIndex.image(3).path());
            if (compact) {
                writer.compact();
            }
            writer.put(TestIndex.image(4), vectors.get(5));
            writer.commit();
        }
        String before = answers();
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(file -> !file.getFileName().toString().matches("write\\.lock|writer\\.txt")).sorted()
                    .toList();
        }
        assertTrue(files.size() > 4, files + "");
        Random random = new Random(2);
        int told = 0;
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (byte[] damaged : damages(whole, random)) {
                Files.write(file, damaged);
                told += isTold(before,
                        file + ": " + damaged.length + " of " + whole.length + " bytes, first difference "
                                + Arrays.mismatch(damaged, whole)) ? 1 : 0;
            }
            Files.delete(file);
            assertTrue(isTold(before, file + " is missing"), file + " is missing");
            Files.write(file, whole);
        }
        assertEquals(before, answers());
        assertTrue(told > files.size() * FLIPS / 2, told + " told");
    }

    private static List<byte[]> damages(byte[] whole, Random random) {
        List<byte[]> damages = new ArrayList<>();
        IntStream positions = whole.length <= FLIPS
                ? IntStream.range(0, whole.length)
                : IntStream.concat(IntStream.range(0, FLIPS / 3), random.ints(FLIPS, 0, whole.length));
        positions.forEach(at -> {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 + random.nextInt(255));
            damages.add(flipped);
        });
        IntStream.of(0, 1, whole.length / 2, whole.length - 16, whole.length - 1)
                .forEach(length -> damages.add(Arrays.copyOf(whole, Math.max(0, length))));
        damages.add(Arrays.copyOf(whole, whole.length + 1));
        return damages;
    }

    private boolean isTold(String before, String damage) {
        try {
            assertEquals(before, answers(), damage);
            return false;
        } catch (IndexException e) {
            assertTrue(e.getMessage().startsWith(folder + ": "), damage + ": " + e.getMessage());
            return true;
        }
    }

    /** All that an index tells. */
    private String answers() {
        StringBuilder answers = new StringBuilder();
        try (ImageIndex index = ImageIndex.open(folder)) {
            answers.append(index.model()).append(index.dimension()).append(index.size());
            index.forEach((image, embedding) -> answers.append(image).append(Arrays.toString(embedding)));
            for (SearchMethod method : SearchMethod.values()) {
                answers.append(index.search(new SearchQuery(vectors.get(7), 5, -1, "*5*", method)));
            }
            answers.append(index.byId(TestIndex.image(9).id()));
        }
        return answers.toString();
    }

    @Test
    void whatAFirstRunLeftThatWasKilledIsNoObstacle() throws IOException {
        Files.createFile(folder.resolve("write.lock"));
        Files.writeString(folder.resolve("writer.txt"), "process 1 since yesterday");
        Files.write(folder.resolve("_0.fdt"), new byte[100]);
        Files.write(folder.resolve("pending_segments_1"), new byte[10]);
        TestIndex.write(folder, vectors, 100, false);
        try (ImageIndex index = ImageIndex.open(folder)) {
            assertEquals(60, index.size());
        }
    }
}
