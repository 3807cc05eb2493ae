package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BigTiffTest {
    /** Fields whose values are places in the file: of strips and of tiles. */
    private static final Set<Integer> OFFSETS = Set.of(273, 324);
    private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final int SHIFT = 16;

    static Iterable<String> tiffs() {
        return TestImages.encoded().keySet().stream().filter(name -> name.endsWith(".tiff")).toList();
    }

    /** A TIFF with all its content behind the longer header, and its directory after that. */
    private static byte[] big(byte[] classic) {
        ByteOrder order = classic[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer from = ByteBuffer.wrap(classic).order(order);
        int directory = from.getInt(4);
        int entries = from.getShort(directory);
        int begin = SHIFT + classic.length;
        ByteBuffer to = ByteBuffer.allocate(begin + 16 + 20 * entries + 8 * 4096).order(order);
        to.put(classic, 0, 2).putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(begin);
        to.put(classic).putLong(entries);
        int values = begin + 16 + 20 * entries;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            int tag = Short.toUnsignedInt(from.getShort(entry));
            int type = from.getShort(entry + 2);
            int count = from.getInt(entry + 4);
            int at = SIZES[type] * count > 4 ? from.getInt(entry + 8) : entry + 8;
            to.putShort((short) tag);
            if (OFFSETS.contains(tag)) { // as LONG8
                to.putShort((short) 16).putLong(count);
                if (count > 1) {
                    to.putLong(values);
                }
                for (int k = 0; k < count; k++) {
                    long offset = type == 3 ? Short.toUnsignedInt(from.getShort(at + 2 * k)) : from.getInt(at + 4 * k);
                    to.putLong(count > 1 ? values + 8 * k : to.position(), offset + SHIFT);
                }
                values += count > 1 ? 8 * count : 0;
                to.position(begin + 8 + 20 * (i + 1));
            } else {
                to.putShort((short) type).putLong(count);
                if (SIZES[type] * count > 8) {
                    to.putLong(at + SHIFT);
                } else {
                    to.put(to.position(), classic, at, SIZES[type] * count).position(to.position() + 8);
                }
            }
        }
        return Arrays.copyOf(to.array(), values);
    }

    @ParameterizedTest
    @MethodSource("tiffs")
    void isReadAsTheTiffIs(String name) {
        byte[] classic = TestImages.encoded().get(name);
        byte[] big = big(classic);
        ImageDecoder decoder = new ImageDecoder();
        assertArrayEquals(decoder.decode(classic, name).pixels(), decoder.decode(big, name).pixels());
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = Arrays.copyOf(big, random.nextInt(4) == 0 ? random.nextInt(big.length) + 1 : big.length);
            int directory = 16 + classic.length;
            int from = random.nextBoolean() ? 0 : Math.min(directory, damaged.length - 1);
            damaged[from + random.nextInt(Math.min(damaged.length - from, 200))] = (byte) random.nextInt();
            try {
                decoder.decode(damaged, name);
            } catch (ImageException e) {
                assertTrue(e.getMessage().startsWith(name + ": "), e.getMessage());
            }
        }
        ImageException e = assertThrows(ImageException.class,
                () -> decoder.decode(Arrays.copyOf(big, 12), name));
        assertEquals(name + ": is a truncated TIFF image: it ends after 12 bytes", e.getMessage());
    }
}
