package io.github.clip4j.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_500L));

    @TempDir
    Path folder;

    @Test
    void aRecordPerStep() throws IOException {
        LinkedHashMap<String, Double> values = new LinkedHashMap<>();
        values.put("loss", 1.5);
        values.put("learning_rate", 1e-3);
        try (TensorBoardWriter writer = new TensorBoardWriter(folder.resolve("events"), 7, CLOCK)) {
            writer.add(new Measurement(300, values));
        }
        Path file = folder.resolve("events/events.out.tfevents.1700000000.500000000");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);

        ByteBuffer version = record(bytes);
        header(version, List.of(0x10, 0));
        assertEquals(0x1a, version.get());
        assertEquals("brain.Event:2", string(version));

        ByteBuffer start = record(bytes);
        header(start, List.of(0x10, 7));
        assertEquals(List.of(0x3a, 2, 0x08, 1), rest(start));

        ByteBuffer summary = record(bytes);
        header(summary, List.of(0x10, 0xAC, 0x02)); // 300 = 0x2C + 2 * 128
        assertEquals(0x2a, summary.get());
        assertEquals(summary.get(), summary.remaining());
        for (String name : values.keySet()) {
            assertEquals(0x0a, summary.get());
            assertEquals(2 + name.length() + 5, summary.get());
            assertEquals(0x0a, summary.get());
            assertEquals(name, string(summary));
            assertEquals(0x15, summary.get());
            assertEquals(values.get(name).floatValue(), summary.getFloat());
        }
        assertEquals(0, summary.remaining());
        assertEquals(0, bytes.remaining());
    }

    /** The event in the next record, whose checksums have to be right. */
    private static ByteBuffer record(ByteBuffer file) {
        int at = file.position();
        long length = file.getLong();
        assertEquals(crc(file.array(), at, 8), file.getInt(), "checksum of the length at " + at);
        byte[] data = new byte[(int) length];
        file.get(data);
        assertEquals(crc(data, 0, data.length), file.getInt(), "checksum of the data at " + at);
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** RFC 3720's polynomial bit by bit, then TensorFlow's mask. */
    private static int crc(byte[] bytes, int from, int length) {
        int crc = -1;
        for (int i = from; i < from + length; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ (crc & 1) * 0x82F63B78;
            }
        }
        crc = ~crc;
        CRC32C check = new CRC32C();
        check.update(bytes, from, length);
        assertEquals((int) check.getValue(), crc);
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static void header(ByteBuffer event, List<Integer> step) {
        assertEquals(0x09, event.get());
        assertEquals(1_700_000_000.5, event.getDouble());
        for (int expected : step) {
            assertEquals((byte) expected, event.get());
        }
    }

    private static String string(ByteBuffer event) {
        byte[] text = new byte[event.get()];
        event.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static List<Integer> rest(ByteBuffer event) {
        return IntStream.range(0, event.remaining()).mapToObj(_ -> event.get() & 0xFF).toList();
    }
}
