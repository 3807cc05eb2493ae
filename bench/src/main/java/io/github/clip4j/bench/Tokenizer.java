package io.github.clip4j.bench;

import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Captions to token ids, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Tokenizer {
    private static final List<String> CAPTIONS = List.of("a photo of a cat", "Aerial photograph of a football stadium.",
            "Two dogs, one black and one brown, chase a frisbee across the lawn in front of a red-brick house.",
            "a bowl of ramen with soft-boiled eggs, nori & spring onions; steam rises from the broth",
            "The 1967 coupé that my grandfather couldn't sell, photographed at dusk near Zürich",
            "three sailing boats are moored beside a long pier, and a car park with rows of vehicles lies behind it");

    @Param
    public Variant variant;

    private ClipTokenizer tokenizer;
    private double megabytesPerRound;

    @State(Scope.Thread)
    @AuxCounters
    public static class Counters {
        public double captions;
        /** 10^6 bytes of UTF-8. */
        public double megabytes;
    }

    @Setup
    public void setUp() {
        tokenizer = ClipTokenizer.clip(variant);
        megabytesPerRound = 1e-6 * String.join("", CAPTIONS).getBytes(StandardCharsets.UTF_8).length;
        int[] found = tokenizer.encode(CAPTIONS.getFirst());
        int[] expected = {49406, 320, 1125, 539, 320, 2368, 49407};
        if (!Arrays.equals(expected, found)) {
            throw new IllegalStateException("\"%s\": expected the ids %s, found %s; a wrong answer is not timed"
                    .formatted(CAPTIONS.getFirst(), Arrays.toString(expected), Arrays.toString(found)));
        }
    }

    @Benchmark
    public List<int[]> encode(Counters counters) {
        counters.captions += CAPTIONS.size();
        counters.megabytes += megabytesPerRound;
        return tokenizer.encodeAll(CAPTIONS, 77);
    }
}
