package io.github.clip4j.bench;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.bench.Peer.Answer;
import io.github.clip4j.kernels.FmaPeak;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.MultiplyAdds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Times this project and others on the same work in one run, in turns, so that whatever else happens to the machine happens
 * to all of them, and prints a table. Every answer of every round is compared with this project's: a difference of more than
 * 1e-4 of the largest value ends the run.
 */
public final class PeerComparison {
    private static final int BATCH = 32;
    private static final int SINGLE_IMAGES = 20;
    /** After a turn: threads that wait for more work by spinning give up, and do not slow the next peer. */
    private static final int SETTLE_MILLIS = 300;
    private static final int WARM_UPS = 2;
    private static final double TOLERANCE = 1e-4;
    private static final String REPORT = """
            Medians of %d rounds in turns, float32, %d threads each; FMA peak %.0f GFLOP/s. clip4j on %s. Captions are
            tokenized before, and go in batches: clip4j's without padding, ONNX Runtime's padded to the model's context,
            PyTorch's to the longest of a batch.

            %s""";

    /** @param gflop in units of 10^9 */
    private record Work(String name, int items, boolean latency, double gflop, Run run) {}

    private interface Run {
        List<Answer> on(Peer peer) throws Exception;
    }

    private PeerComparison() {}

    public static void main(String[] args) throws Exception {
        PeerOptions options = PeerOptions.parse(args);
        ClipOptions clipOptions = ClipOptions.DEFAULT.withThreads(options.threads());
        try (Clip clip = Clip.open(options.model(), clipOptions);
                OnnxRuntime onnxRuntime = new OnnxRuntime(options, clip.model().config());
                PyTorch pyTorch = options.python() == null ? null : new PyTorch(options, clip.model().config())) {
            List<Peer> peers = Stream.of(new Peer.Clip4j(clip.model()), onnxRuntime, pyTorch).filter(Objects::nonNull)
                    .toList();
            Comparison comparison = compare(peers, works(clip, options.texts()), options);
            System.out.printf(REPORT, options.rounds(), options.threads(), comparison.peakGflops(), clip.kernels(),
                    comparison.markdown());
            if (options.chart() != null) {
                Files.writeString(options.chart(), comparison.svg());
            }
        }
    }

    private static List<Work> works(Clip clip, Path captions) throws Exception {
        ClipModel model = clip.model();
        int image = model.config().vision().channels() * model.config().vision().imageSize()
                * model.config().vision().imageSize();
        float[] pixels = KernelBenchmark.uniform(1, BATCH * image);
        float[] one = Arrays.copyOf(pixels, image);
        double gflop = 2e-9 * MultiplyAdds.ofImage(model.config());
        List<int[]> texts = clip.tokenizer().encodeAll(Files.readAllLines(captions),
                model.config().text().contextLength());
        double textsGflop = 2e-9
                * texts.stream().mapToLong(ids -> MultiplyAdds.ofText(model.config(), ids.length)).sum();
        return List.of(
                new Work("images/s, batch of " + BATCH, BATCH, false, BATCH * gflop,
                        peer -> List.of(peer.images(pixels, BATCH))),
                new Work("one image, ms", SINGLE_IMAGES, true, SINGLE_IMAGES * gflop,
                        peer -> oneByOne(peer, one)),
                new Work("texts/s, %,d captions".formatted(texts.size()), texts.size(), false, textsGflop,
                        peer -> inBatches(peer, texts)));
    }

    private static List<Answer> oneByOne(Peer peer, float[] pixels) throws Exception {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < SINGLE_IMAGES; i++) {
            answers.add(peer.images(pixels, 1));
        }
        return answers;
    }

    private static List<Answer> inBatches(Peer peer, List<int[]> texts) throws Exception {
        List<Answer> answers = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += BATCH) {
            answers.add(peer.texts(texts.subList(from, Math.min(from + BATCH, texts.size()))));
        }
        return answers;
    }

    private static Comparison compare(List<Peer> peers, List<Work> works, PeerOptions options) throws Exception {
        double[][][] seconds = new double[works.size()][peers.size()][options.rounds()];
        double peak = 0;
        for (int round = -WARM_UPS; round < options.rounds(); round++) {
            peak = Math.max(peak, peakGflops(options.threads()));
            for (int w = 0; w < works.size(); w++) {
                double[] took = time(works.get(w), peers);
                for (int p = 0; p < took.length && round >= 0; p++) {
                    seconds[w][p][round] = took[p];
                }
            }
            System.err.printf("round %d of %d%n", round + 1, options.rounds());
        }
        List<Comparison.Row> rows = new ArrayList<>();
        for (int w = 0; w < works.size(); w++) {
            Work work = works.get(w);
            rows.add(new Comparison.Row(work.name(), work.items(), work.latency(), work.gflop(), seconds[w]));
        }
        return new Comparison(peers.stream().map(Peer::name).toList(), rows, peak);
    }

    /** The best of many short runs, for what else runs can only slow one down. */
    private static double peakGflops(int threads) {
        double best = 0;
        try (FmaPeak peak = new FmaPeak(threads)) {
            for (int run = 0; run < 100; run++) {
                long start = System.nanoTime();
                double gflop = peak.run();
                best = Math.max(best, gflop / Peer.seconds(start));
            }
        }
        return best;
    }

    /** Seconds of each peer. */
    private static double[] time(Work work, List<Peer> peers) throws Exception {
        double[] seconds = new double[peers.size()];
        List<Answer> expected = null;
        for (int p = 0; p < seconds.length; p++) {
            Thread.sleep(SETTLE_MILLIS);
            List<Answer> answers = work.run().on(peers.get(p));
            seconds[p] = answers.stream().mapToDouble(Answer::seconds).sum();
            expected = p == 0 ? answers : expected;
            for (int i = 0; i < answers.size(); i++) {
                Check.near(peers.get(p).name() + ", " + work.name(), expected.get(i).features(),
                        answers.get(i).features(), TOLERANCE);
            }
        }
        return seconds;
    }
}
