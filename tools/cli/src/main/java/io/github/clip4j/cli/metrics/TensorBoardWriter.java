package io.github.clip4j.cli.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.zip.CRC32C;

/**
 * Measurements for TensorBoard: a file of TFRecords, each an {@code Event} of tensorboard/compat/proto/event.proto in
 * protocol-buffer encoding. A record is {@code length (8 bytes), masked CRC-32C of it (4), data, masked CRC-32C of the
 * data (4)}, little endian.
 */
public final class TensorBoardWriter implements AutoCloseable {
    /** Fields of Event. */
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;

    private final Path file;
    private final FileChannel channel;
    private final InstantSource clock;

    /**
     * Begins a file of its own in a folder, which is made if it is not there. What older files in it hold of
     * {@code step} and later, TensorBoard then leaves out.
     *
     * @param step the first step that will be written
     * @throws UncheckedIOException naming the file, if it cannot be written
     */
    public TensorBoardWriter(Path folder, long step, InstantSource clock) {
        Instant now = clock.instant();
        this.file = folder.resolve("events.out.tfevents.%010d.%09d".formatted(now.getEpochSecond(), now.getNano()));
        this.clock = clock;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failure(e);
        }
        append(event(0).bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
        append(event(step).bytes(SESSION_LOG, new Message().integer(1, 1).toByteArray())); // status START
    }

    /** Writes each value as a scalar. */
    public void add(Measurement measurement) {
        Message summary = new Message();
        measurement.values().forEach((name, value) -> summary.bytes(1, new Message()
                .bytes(1, name.getBytes(StandardCharsets.UTF_8)) // tag
                .fixed(2, value.floatValue()) // simple_value
                .toByteArray()));
        append(event(measurement.step()).bytes(SUMMARY, summary.toByteArray()));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private Message event(long step) {
        return new Message().fixed(WALL_TIME, clock.millis() / 1e3).integer(STEP, step);
    }

    private void append(Message event) {
        byte[] data = event.toByteArray();
        ByteBuffer frame = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(data.length);
        frame.putInt(maskedCrc(frame.slice(0, 8))).put(data);
        frame.putInt(maskedCrc(ByteBuffer.wrap(data))).flip();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }

    /** As tensorflow/core/lib/hash/crc32c.h masks it: rotated right by 15 bits, and a constant added. */
    static int maskedCrc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    /** Fields of a protocol buffer, each after its number and wire type. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int FIXED64 = 1;
        private static final int BYTES = 2;
        private static final int FIXED32 = 5;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message integer(int field, long value) {
            varint(field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message fixed(int field, double value) {
            varint(field << 3 | FIXED64);
            out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
            return this;
        }

        Message fixed(int field, float value) {
            varint(field << 3 | FIXED32);
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | BYTES);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }

        /** Seven bits a byte, the lowest first. */
        private void varint(long value) {
            for (; value > 0x7F; value >>>= 7) {
                out.write((int) value | 0x80);
            }
            out.write((int) value);
        }
    }
}
