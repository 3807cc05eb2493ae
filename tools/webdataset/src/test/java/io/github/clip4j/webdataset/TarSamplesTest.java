package io.github.clip4j.webdataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarSamplesTest {
    private static final long MAX = 10_000;

    @TempDir
    private Path folder;

    /** What a tar gives: its samples, and what it throws after them. */
    private record Read(List<Sample> samples, String damage) {
        static Read all(TarSamples tar) {
            List<Sample> samples = new ArrayList<>();
            String damage = null;
            try (tar) {
                for (boolean more = true; more;) {
                    try {
                        Sample sample = tar.next();
                        more = sample != null;
                        if (more) {
                            samples.add(sample);
                        }
                    } catch (WebDatasetException e) {
                        assertNull(damage, "damage is told once");
                        damage = e.getMessage();
                    }
                }
            }
            return new Read(samples, damage);
        }

        static Read stream(byte[] tar) {
            return all(TarSamples.stream(new ByteArrayInputStream(tar), "a.tar", MAX));
        }

        List<String> keys() {
            return samples.stream().map(Sample::key).toList();
        }
    }

    /** The same by listing a file; the images are equal. */
    private Read read(byte[] tar) throws IOException {
        Read streamed = Read.stream(tar);
        Path file = Files.write(folder.resolve("a.tar"), tar);
        Read listed = Read.all(TarSamples.list(file));
        assertEquals(streamed.keys(), listed.keys());
        assertEquals(streamed.damage() == null, listed.damage() == null, streamed + " " + listed);
        for (int i = 0; i < listed.samples().size(); i++) {
            Sample a = streamed.samples().get(i);
            Sample b = listed.samples().get(i);
            assertArrayEquals(a.image().read(), b.image().read(), a.key());
            assertEquals(new Sample(a.key(), a.member(), a.size(), null, a.caption(), a.metadata()),
                    new Sample(b.key(), b.member(), b.size(), null, b.caption(), b.metadata()));
        }
        return streamed;
    }

    private static byte[] image(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_POSIX, TarArchiveOutputStream.LONGFILE_GNU})
    void samples(int longNames) throws IOException {
        String longName = "f/".repeat(70) + "ü b";
        Read read = read(new TestTar(longNames).folder("d")
                .file("__meta__/version.7", "not a sample")
                .file("d/00.jpg", image(700)).file("d/00.json", "{\"a\": 1}").file("d/00.txt", "a caption, ü\n")
                .file(".hidden", "nor this")
                .file("01.txt", "before its image").file("01.PNG", image(512))
                .link("link.jpg", "/etc/passwd")
                .file("02.cls", "7")
                .file("03.seg.png", image(3)).file("03.jpeg", image(0)).file("03.webp", image(9))
                .file("../../up.jpg", image(5))
                .file(longName + ".gif", image(1024))
                .bytes());
        assertNull(read.damage());
        assertEquals(List.of("d/00", "01", "03", "../../up", longName), read.keys());
        Sample first = read.samples().getFirst();
        assertArrayEquals(image(700), first.image().read());
        assertEquals("a caption, ü\n", first.caption());
        assertEquals("{\"a\": 1}", first.metadata());
        assertEquals("before its image", read.samples().get(1).caption());
        assertEquals("03.jpeg", read.samples().get(2).member());
        assertNull(read.samples().get(2).caption());
        assertArrayEquals(image(1024), read.samples().getLast().image().read());
    }

    @Test
    void foundByItsPath() throws IOException {
        Path tar = Files.write(folder.resolve("0.tar"),
                new TestTar().file("d/a.jpg", image(7)).file("b.png", image(9)).bytes());
        TarImages images = new TarImages();
        assertArrayEquals(image(7), images.find(tar.resolve("d/a.jpg")).orElseThrow().image().read());
        assertArrayEquals(image(9), images.find(tar.resolve("b.png")).orElseThrow().image().read());
        assertEquals(Optional.empty(), images.find(tar.resolve("c.png")));
        assertEquals(Optional.empty(), images.find(folder.resolve("c.png")));
        Files.write(tar, Arrays.copyOf(Files.readAllBytes(tar), 1500));
        assertEquals(Optional.empty(), images.find(tar.resolve("b.png")));
    }

    /** Also where size and, to the file system's clock, time are as before. */
    @Test
    void foundInATarThatWasWrittenAgain() throws IOException {
        TarImages images = new TarImages();
        Path tar = folder.resolve("0.tar");
        for (int i = 0; i < 20; i++) {
            Files.write(tar, new TestTar().file(i + ".jpg", image(100 + i)).bytes());
            if (i % 2 == 0) {
                Files.setLastModifiedTime(tar, FileTime.from(Instant.EPOCH.plusSeconds(i)));
            }
            for (int again = 0; again < 2; again++) {
                assertArrayEquals(image(100 + i), images.find(tar.resolve(i + ".jpg")).orElseThrow().image().read());
                assertEquals(Optional.empty(), images.find(tar.resolve(i - 1 + ".jpg")));
            }
        }
    }

    @Test
    void imageOverTheLimit() throws IOException {
        Read read = Read
                .stream(new TestTar().file("a.jpg", image((int) MAX + 1)).file("b.jpg", image((int) MAX)).bytes());
        ImageException e = assertThrows(ImageException.class, () -> read.samples().getFirst().image().read());
        assertEquals("a.tar/a.jpg: has 10001 bytes, more than the limit of 10000", e.getMessage());
        assertArrayEquals(image((int) MAX), read.samples().get(1).image().read());
    }

    @Test
    void noTar() throws IOException {
        assertEquals("a.tar: is damaged, at byte 0 at the latest: it is empty; the samples after it are left out",
                read(new byte[0]).damage());
        assertTrue(read("<!DOCTYPE html>".repeat(100).getBytes(UTF_8)).damage().startsWith("a.tar: is damaged"));
        Path missing = folder.resolve("missing.tar");
        assertEquals(missing + ": there is no such file",
                assertThrows(WebDatasetException.class, () -> TarSamples.list(missing)).getMessage());
        assertEquals(folder + ": is not a file",
                assertThrows(WebDatasetException.class, () -> TarSamples.list(folder)).getMessage());
    }

    @Test
    void cutOff() throws IOException {
        byte[] tar = new TestTar().file("a.jpg", image(700)).file("a.txt", "a").file("b.jpg", image(100)).bytes();
        int end = 512 + 1024 + 512 + 512 + 512 + 512;
        for (int length = 0; length < tar.length; length += length < end + 2000 ? 64 : 1000) {
            Read read = read(Arrays.copyOf(tar, length));
            String place = "cut off at " + length;
            assertEquals(length < end + 1024, read.damage() != null, place);
            assertEquals(length < 1212 ? List.of() : length < end - 412 ? List.of("a") : List.of("a", "b"),
                    read.keys(), place);
        }
    }

    /** Whatever the bytes, there are samples and at most one exception of one line. */
    @Test
    void damaged() throws IOException {
        byte[] tar = new TestTar(TarArchiveOutputStream.LONGFILE_GNU).file("a.jpg", image(700)).file("a.txt", "a")
                .file("x".repeat(200) + ".png", image(40)).file("b.jpg", image(100)).bytes();
        Random random = new Random(1);
        int damages = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] copy = tar.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                copy[random.nextInt(5000)] = (byte) (random.nextBoolean() ? random.nextInt() : '0' + random.nextInt(8));
            }
            Read read = Read.stream(copy);
            read.samples().forEach(sample -> assertTrue(sample.size() >= 0));
            damages += read.damage() == null ? 0 : 1;
            assertEquals(1, String.valueOf(read.damage()).lines().count());
        }
        assertTrue(damages > 100, damages + " found");
    }
}
