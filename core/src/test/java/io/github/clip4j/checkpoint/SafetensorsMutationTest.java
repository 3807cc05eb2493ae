package io.github.clip4j.checkpoint;

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
        Mutations.run(SafetensorsBytes.file(HEADER, new byte[60]), SafetensorsBytes.SOURCE, count,
                (file, random) -> file.length > 0 && random.nextInt(6) == 0
                        ? replaceNumber(file, random.nextInt(file.length), random)
                        : Mutations.mutate(file, random));
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
        byte[] changed = Mutations.splice(file, begin, end - begin, NUMBERS[random.nextInt(NUMBERS.length)].getBytes());
        int header = (changed[0] & 0xFF | (changed[1] & 0xFF) << 8) + changed.length - file.length;
        changed[0] = (byte) header; // the header's length follows, so that the number is reached
        changed[1] = (byte) (header >>> 8);
        return changed;
    }
}
