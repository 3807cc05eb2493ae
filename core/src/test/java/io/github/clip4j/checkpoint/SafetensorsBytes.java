package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Safetensors files in memory. */
final class SafetensorsBytes {
    static final String SOURCE = "memory.safetensors";

    private SafetensorsBytes() {}

    static byte[] file(String header, byte... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    static Checkpoint open(byte[] file) {
        return open(file, SOURCE);
    }

    static Checkpoint open(byte[] file, String source) {
        return CheckpointFile.of(MemorySegment.ofArray(file), source, Arena.ofConfined());
    }

    /** Asserts that the file is refused with a message of one line that begins with its name and has {@code part}. */
    static void assertRefused(byte[] file, String part) {
        assertMessage(SOURCE, part, assertThrows(CheckpointException.class, () -> open(file).close()));
    }

    static void assertMessage(String source, String part, CheckpointException e) {
        assertTrue(e.getMessage().startsWith(source), e.getMessage());
        assertTrue(e.getMessage().contains(part), () -> "expected \"" + part + "\" in: " + e.getMessage());
        assertFalse(e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
    }

    /** Reads every tensor whose type can be read. */
    static void readAll(Checkpoint checkpoint) {
        for (Tensor tensor : checkpoint.tensors()) {
            switch (tensor.dtype()) {
                case F16, BF16, F32, F64 -> {
                    tensor.floats();
                    tensor.doubles();
                }
                default -> {
                    try {
                        tensor.longs();
                    } catch (CheckpointException e) {
                        assertMessage(checkpoint.source(), "tensor", e);
                    }
                }
            }
        }
    }
}
