package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever happens to a file, it is opened or refused with the project's exception; nothing else comes out. */
class SafetensorsMutationTest {
    private static final String HEADER = """
            {"__metadata__": {"format": "pt", "ключ": "\\u00e9\\n"},
             "scalar": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
             "half": {"dtype": "F16", "shape": [2, 3], "data_offsets": [4, 16]},
             "brain": {"dtype": "BF16", "shape": [3, 1], "data_offsets": [16, 22]},
             "flags": {"dtype": "BOOL", "shape": [5], "data_offsets": [22, 27]},
             "empty": {"dtype": "F32", "shape": [0, 9], "data_offsets": [27, 27]},
             "nibbles": {"dtype": "F4", "shape": [2], "data_offsets": [27, 28], "extra": [1, {"a": null}]},
             "array": ["F64", [1, 2], [28, 44]],
             "ids": {"dtype": "U64", "shape": [2], "data_offsets": [44, 60]}}
            """;
    private static final String[] NUMBERS = {"0", "1", "-1", "7", "100000001", "2147483648", "9223372036854775807",
            "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e9", "0.0", "-0",
            "9".repeat(2000)};

    @Test
    void hundredThousandMutations() {
        mutate(100_000);
    }

    private static void mutate(int count) {
        byte[] valid = SafetensorsBytes.file(HEADER, new byte[60]);
        SafetensorsBytes.open(valid).close();
        int opened = 0;
        for (int seed = 0; seed < count; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] file = valid;
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                file = mutate(file, random);
            }
            try (Checkpoint checkpoint = SafetensorsBytes.open(file)) {
                SafetensorsBytes.readAll(checkpoint);
                opened++;
            } catch (CheckpointException e) {
                SafetensorsBytes.assertMessage(SafetensorsBytes.SOURCE, ":", e);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(opened > count / 100 && opened < count, "the mutations do not reach both verdicts: " + opened);
    }

    private static byte[] mutate(byte[] file, SplittableRandom random) {
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
            default -> replaceNumber(file, at, random);
        };
    }

    private static byte[] replaceNumber(byte[] file, int from, SplittableRandom random) {
        int begin = from;
        while (begin < file.length && !Character.isDigit(file[begin])) {
            begin++;
        }
        int end = begin;
        while (end < file.length && Character.isDigit(file[end])) {
            end++;
        }
        byte[] changed = splice(file, begin, end - begin, NUMBERS[random.nextInt(NUMBERS.length)].getBytes());
        int header = (changed[0] & 0xFF | (changed[1] & 0xFF) << 8) + changed.length - file.length;
        changed[0] = (byte) header; // the header's length follows, so that the number is reached
        changed[1] = (byte) (header >>> 8);
        return changed;
    }

    private static byte[] splice(byte[] file, int at, int removed, byte... inserted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        out.writeBytes(inserted);
        out.write(file, at + removed, file.length - at - removed);
        return out.toByteArray();
    }
}
