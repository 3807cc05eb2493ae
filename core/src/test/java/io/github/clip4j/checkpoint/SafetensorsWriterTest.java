package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.raw.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final List<DType> WRITABLE = List.of(DType.BOOL, DType.F16, DType.BF16, DType.F32, DType.F64,
            DType.I8,
            DType.U8, DType.I16, DType.U16, DType.I32, DType.U32, DType.I64, DType.U64);

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Path file = folder.resolve("m.safetensors");
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<StoredTensor> tensors = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                tensors.add(randomTensor("tensor\n\"é\ud83d\ude00" + i, random));
            }
            Map<String, String> metadata = seed % 2 == 0 ? Map.of() : Map.of("step", "7", "\u0001", "\u2028");
            SafetensorsWriter.write(file, tensors, metadata);
            try (Checkpoint read = Checkpoint.open(file)) {
                String where = "seed " + seed;
                assertEquals(metadata, read.metadata(), where);
                assertEquals(tensors.size(), read.tensors().size(), where);
                for (StoredTensor tensor : tensors) {
                    StoredTensor again = (StoredTensor) read.tensor(tensor.name());
                    assertEquals(tensor.dtype(), again.dtype(), where);
                    assertEquals(tensor.shape(), again.shape(), where);
                    assertArrayEquals(tensor.bytes().toArray(ValueLayout.JAVA_BYTE),
                            again.bytes().toArray(ValueLayout.JAVA_BYTE), where + ", " + tensor.dtype());
                    assertEquals(0, again.bytes().address() % (tensor.dtype().bits() / 8), where + ": not aligned");
                }
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    private static StoredTensor randomTensor(String name, SplittableRandom random) {
        DType dtype = WRITABLE.get(random.nextInt(WRITABLE.size()));
        List<Long> shape = random.ints(random.nextInt(4), 0, 40).mapToObj(Long::valueOf).toList();
        long size = shape.stream().reduce(1L, Math::multiplyExact);
        byte[] bytes = new byte[(int) size * dtype.bits() / 8];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            switch (dtype) {
                case BOOL -> bytes[i] &= 1;
                case U64 -> bytes[i] &= 0x7F;
                // without NaN, whose payload a processor may change on the way
                case F16, BF16, F32, F64 -> bytes[i] &= (byte) 0xBF;
                default -> {
                }
            }
        }
        return new StoredTensor("memory", name, dtype, shape, size, MemorySegment.ofArray(bytes));
    }

    @Test
    void longTensorsAreStreamed() {
        Path file = folder.resolve("m.safetensors");
        float[] values = new float[100_003];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        SafetensorsWriter.write(file, List.of(Tensor.of("x", values, values.length)), Map.of());
        try (Checkpoint read = Checkpoint.open(file)) {
            assertArrayEquals(values, read.tensor("x").floats());
        }
    }

    @Test
    void whatFailsLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("m.safetensors");
        SafetensorsWriter.write(file, List.of(Tensor.of("old", new float[3], 3)), Map.of());
        byte[] before = Files.readAllBytes(file);
        Tensor broken = new Tensor() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public DType dtype() {
                return DType.F32;
            }

            @Override
            public List<Long> shape() {
                return List.of(100L);
            }

            @Override
            public void read(long from, float[] target, int offset, int count) {
                throw new CheckpointException("tensor broken: gone");
            }
        };
        assertThrows(CheckpointException.class,
                () -> SafetensorsWriter.write(file, List.of(Tensor.of("a", new float[1], 1), broken), Map.of()));
        assertArrayEquals(before, Files.readAllBytes(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void refusals() {
        Path file = folder.resolve("m.safetensors");
        Tensor a = Tensor.of("a", new float[1], 1);
        assertArgument("taken", file, List.of(a, a));
        assertArgument("__metadata__", file, List.of(Tensor.of("__metadata__", new float[1], 1)));
        for (DType dtype : DType.values()) {
            if (!WRITABLE.contains(dtype)) {
                assertArgument(dtype.name(), file,
                        List.of(new StoredTensor("memory", "x", dtype, List.of(0L), 0, MemorySegment.NULL)));
            }
        }
        Path nowhere = folder.resolve("no/such/folder/m.safetensors");
        CheckpointException e = assertThrows(CheckpointException.class,
                () -> SafetensorsWriter.write(nowhere, List.of(a), Map.of()));
        SafetensorsBytes.assertMessage(nowhere.toString(), "cannot be written", e);
    }

    private static void assertArgument(String part, Path file, List<Tensor> tensors) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> SafetensorsWriter.write(file, tensors, Map.of()));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
