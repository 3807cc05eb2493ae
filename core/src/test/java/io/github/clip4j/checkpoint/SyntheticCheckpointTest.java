package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SyntheticCheckpointTest {
    @Test
    void namesAndFirstValuesAndSumsOfSmallTensors() throws IOException {
        check(100_000);
    }

    @Test
    @Tag("slow")
    void sumsOfAllTensors() throws IOException {
        check(Integer.MAX_VALUE);
    }

    private static void check(long largestSum) throws IOException {
        JsonNode checksums = new ObjectMapper()
                .readTree(Shared.path("reference/full/weights-checksums.json").toFile());
        try (Checkpoint checkpoint = new SyntheticCheckpoint()) {
            List<String> names = checkpoint.tensors().stream().map(Tensor::name).toList();
            assertEquals(checksums.propertyStream().map(Map.Entry::getKey).toList(), names);
            for (Tensor tensor : checkpoint.tensors()) {
                JsonNode expected = checksums.get(tensor.name());
                float[] first = new float[expected.size() - 1];
                tensor.read(0, first, 0, first.length);
                for (int i = 0; i < first.length; i++) {
                    assertEquals((float) expected.get(i).asDouble(), first[i], tensor.name() + " [" + i + "]");
                }
                if (tensor.size() <= largestSum) {
                    checkSum(tensor, expected.get(first.length).asDouble());
                }
            }
        }
    }

    /** Our sum is compensated: a few units of rounding. torch's is a cascade of a few dozen levels. */
    private static void checkSum(Tensor tensor, double expected) {
        DoubleSummaryStatistics values = new DoubleSummaryStatistics();
        DoubleSummaryStatistics magnitudes = new DoubleSummaryStatistics();
        float[] piece = new float[1 << 16];
        for (long from = 0; from < tensor.size(); from += piece.length) {
            int count = (int) Math.min(piece.length, tensor.size() - from);
            tensor.read(from, piece, 0, count);
            for (int i = 0; i < count; i++) {
                values.accept(piece[i]);
                magnitudes.accept(Math.abs(piece[i]));
            }
        }
        assertEquals(expected, values.getSum(), 64 * 0x1p-53 * magnitudes.getSum(), tensor.name());
    }

    @Test
    void hasTheParametersOfVitB32() {
        long parameters = new SyntheticCheckpoint().tensors().stream().mapToLong(Tensor::size).sum();
        assertEquals(151_277_313, parameters);
    }

    @Test
    void aPartIsAsTheWhole() {
        Tensor tensor = new SyntheticCheckpoint().tensor("text_projection.weight");
        float[] part = new float[1000];
        tensor.read(54_321, part, 10, 900);
        float[] expected = new float[1000];
        System.arraycopy(tensor.floats(), 54_321, expected, 10, 900);
        assertArrayEquals(expected, part);
    }
}
