package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, there is an image within the limits or an {@link ImageException}, and nothing else. */
class MutationTest {
    private static final long MAX_PIXELS = 1_000_000;

    private final ImageDecoder decoder = new ImageDecoder(MAX_PIXELS, 1 << 20);

    @Test
    void mutatedFiles() {
        TestImages.encoded().forEach((name, file) -> mutate(name, file, 150));
    }

    @Test
    @Tag("slow")
    void manyMutatedFiles() {
        TestImages.encoded().forEach((name, file) -> mutate(name, file, 5_000));
    }

    @Test
    void tenThousandWebpFiles() {
        List<PillowImage> files = WebpTest.files();
        files.forEach(webp -> mutate(webp.name() + ".webp", webp.content(), 10_000 / files.size() + 1));
    }

    @Test
    void thousandsOfGifFiles() {
        PillowImage.in("gif-and-palettes.txt").forEach(gif -> mutate(gif.name(), gif.content(), 100));
    }

    @Test
    void mutatedReferenceFiles() throws IOException {
        mutateReference(20);
    }

    @Test
    @Tag("slow")
    void manyMutatedReferenceFiles() throws IOException {
        mutateReference(1_000);
    }

    private void mutateReference(int times) throws IOException {
        try (var files = Files.list(TestImages.reference().resolve("images"))) {
            for (Path file : files.sorted().toList()) {
                if (Files.size(file) < 20_000) {
                    mutate(file.getFileName().toString(), Files.readAllBytes(file), times);
                }
            }
        }
    }

    private void mutate(String name, byte[] file, int times) {
        for (int seed = 0; seed < times; seed++) {
            check(name + ", seed " + seed, mutated(file, new SplittableRandom(seed)));
        }
    }

    private void check(String label, byte[] content) {
        try {
            RgbImage image = decoder.decode(content, label);
            assertTrue((long) image.width() * image.height() <= MAX_PIXELS, label);
            assertEquals(3 * image.width() * image.height(), image.pixels().length, label);
        } catch (ImageException e) {
            assertTrue(e.getMessage().startsWith(label + ": "), e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        } catch (RuntimeException | Error e) {
            fail(label, e);
        }
    }

    /** Some bytes changed, half of the time near the start where the headers are, and sometimes the end cut off. */
    private static byte[] mutated(byte[] file, SplittableRandom random) {
        byte[] content = file.clone();
        for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
            int range = random.nextBoolean() ? content.length : Math.min(content.length, 100);
            int position = random.nextInt(range);
            content[position] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) (content[position] ^ 1 << random.nextInt(8));
        }
        if (random.nextInt(5) == 0) {
            return Arrays.copyOf(content, random.nextInt(content.length));
        }
        if (ImageFormat.of(content) == ImageFormat.PNG && random.nextInt(4) > 0) {
            mendChecksums(content);
        }
        return content;
    }

    /** So that the decoder gets to see the change. */
    private static void mendChecksums(byte[] png) {
        ByteBuffer bytes = ByteBuffer.wrap(png);
        for (long p = 8; p + 12 <= png.length;) {
            long end = p + 8 + Integer.toUnsignedLong(bytes.getInt((int) p));
            if (end + 4 <= png.length) {
                CRC32 checksum = new CRC32();
                checksum.update(png, (int) p + 4, (int) (end - p) - 4);
                bytes.putInt((int) end, (int) checksum.getValue());
            }
            p = end + 4;
        }
    }
}
