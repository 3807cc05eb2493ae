package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Token ids to features, with the text tower of CLIP ViT-B/32. */
public class TextTower extends KernelBenchmark {
    /** Blocks of the towers; fewer for a quick look. */
    @Param("12")
    public int layers;

    @Param({"1", "32"})
    public int batch;

    /** Of a text, with start and end. */
    @Param({"12", "77"})
    public int tokens;

    private ClipModel model;
    private List<int[]> texts;
    private double gflop;

    @State(Scope.Thread)
    @AuxCounters
    public static class Texts {
        public double texts;
    }

    @Setup
    public void setUp() {
        openKernels();
        model = Towers.model(layers, kernels);
        TextConfig text = model.config().text();
        Random random = new Random(1);
        texts = Stream.generate(() -> ids(random, text.endTokenId())).limit(batch).toList();
        gflop = Towers.textGflop(model.config(), tokens);
        float[] expected = Towers.model(layers, oracle).textFeatures(List.of(texts.getLast()), Trace.NONE);
        float[] found = model.textFeatures(texts, Trace.NONE);
        Check.near("features of a text", expected,
                Arrays.copyOfRange(found, found.length - expected.length, found.length), 1e-5);
    }

    private int[] ids(Random random, int end) {
        int[] ids = random.ints(tokens, 0, end).toArray();
        ids[tokens - 1] = end;
        return ids;
    }

    @Benchmark
    public float[] embed(Texts count, Flops flops) {
        count.texts += batch;
        flops.gflop += batch * gflop;
        return model.textFeatures(texts, Trace.NONE);
    }
}
