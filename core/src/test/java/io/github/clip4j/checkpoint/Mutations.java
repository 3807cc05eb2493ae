package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Damage to files: whatever it is, they are opened or refused with the project's exception; nothing else comes out. */
final class Mutations {
    private static final long[] NUMBERS = {0, 1, -1, 2, 7, 255, 256, 65_535, 1 << 20, Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            0xffff_ffffL, 1L << 32, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE / 2};

    private Mutations() {}

    /**
     * Opens a file that was damaged in {@code count} ways and reads all of it.
     *
     * @param mutate makes one damage
     * @return how many were opened all the same
     */
    static int run(byte[] valid, String source, int count, BiFunction<byte[], SplittableRandom, byte[]> mutate) {
        SafetensorsBytes.open(valid, source).close();
        int opened = 0;
        for (int seed = 0; seed < count; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] file = valid;
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                file = mutate.apply(file, random);
            }
            try (Checkpoint checkpoint = SafetensorsBytes.open(file, source)) {
                SafetensorsBytes.readAll(checkpoint);
                opened++;
            } catch (CheckpointException e) {
                SafetensorsBytes.assertMessage(source, ":", e);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(opened > count / 100 && opened < count, "the mutations do not reach both verdicts: " + opened);
        return opened;
    }

    /** Changes bits, overwrites, inserts, cuts out, cuts off, repeats, or puts a number that is hard to handle. */
    static byte[] mutate(byte[] file, SplittableRandom random) {
        if (file.length == 0) {
            return file;
        }
        int at = random.nextInt(file.length);
        int length = Math.min(1 + random.nextInt(8), file.length - at);
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return switch (random.nextInt(7)) {
            case 0 -> splice(file, at, 1, (byte) (file[at] ^ 1 << random.nextInt(8)));
            case 1 -> splice(file, at, length, noise);
            case 2 -> splice(file, at, 0, noise);
            case 3 -> splice(file, at, length);
            case 4 -> Arrays.copyOf(file, at);
            case 5 -> splice(file, random.nextInt(file.length), 0, Arrays.copyOfRange(file, at, at + length * 8));
            default -> putNumber(file, at, random);
        };
    }

    private static byte[] putNumber(byte[] file, int at, SplittableRandom random) {
        int width = Math.min(1 << random.nextInt(4), file.length - at);
        ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        byte[] number = ByteBuffer.allocate(Long.BYTES).order(order).putLong(NUMBERS[random.nextInt(NUMBERS.length)])
                .array();
        int from = order == ByteOrder.LITTLE_ENDIAN ? 0 : Long.BYTES - width;
        return splice(file, at, width, Arrays.copyOfRange(number, from, from + width));
    }

    static byte[] splice(byte[] file, int at, int removed, byte... inserted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        out.writeBytes(inserted);
        out.write(file, at + removed, file.length - at - removed);
        return out.toByteArray();
    }
}
