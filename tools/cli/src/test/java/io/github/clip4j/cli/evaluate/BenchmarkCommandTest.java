package io.github.clip4j.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Main;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.model.MultiplyAdds;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchmarkCommandTest {
    @TempDir
    Path folder;

    private static String benchmark(Object... args) {
        StringWriter out = new StringWriter();
        String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = new CommandLine(new BenchmarkCommand(Duration.ofMillis(10))).setOut(new PrintWriter(out, true))
                .execute(words);
        assertEquals(0, exitCode);
        return out.toString();
    }

    @Test
    void theFiguresFitTogether() throws IOException {
        Path model = TestData.model(folder.resolve("model"));
        Path texts = Files.writeString(folder.resolve("texts.txt"), "a cat\n\n" + "word ".repeat(200) + "\n");
        JsonNode figures = new ObjectMapper()
                .readTree(benchmark("--model", model, "--texts", texts, "--threads", 1, "--json"));
        List<String> names = new ArrayList<>();
        figures.fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("kernels", "collector", "threads", "peak_gflops", "images_per_s_batch1",
                "images_per_s_batch32", "texts_per_s",
                "share_of_peak_batch32"), names);
        assertEquals(1, figures.get("threads").intValue());
        assertTrue(figures.get("kernels").textValue().matches("\\d+-bit vectors in \\d+ registers, 1 thread"),
                figures.toString());
        assertTrue(List.of("Serial", "Parallel", "G1").contains(figures.get("collector").textValue()),
                figures.toString());
        for (String name : names.subList(2, names.size())) {
            assertTrue(figures.get(name).doubleValue() > 0, name + " of " + figures);
        }
        double gflops = 2e-9 * MultiplyAdds.ofImage(TestData.CONFIG)
                * figures.get("images_per_s_batch32").doubleValue();
        double share = figures.get("share_of_peak_batch32").doubleValue();
        assertEquals(gflops / figures.get("peak_gflops").doubleValue(), share, 1e-9 * share);
        assertTrue(share < 1, "faster than the peak: " + figures);
    }

    @Test
    void aTableForPeople() throws IOException {
        List<String> lines = benchmark("--model", TestData.model(folder.resolve("model")), "--threads", 2).lines()
                .toList();
        assertEquals(7, lines.size(), lines.toString());
        assertTrue(lines.get(2).matches("FMA peak +[0-9]+\\.[0-9] GFLOP/s"), lines.toString());
    }

    @Test
    void withoutVectorsThereIsNothingToMeasure() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String path = System.getProperty("jdk.module.path") + File.pathSeparator
                + System.getProperty("java.class.path");
        Process process = new ProcessBuilder(java.toString(), "-cp", path, Main.class.getName(), "benchmark")
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals("clip: the FMA peak needs vectors: start java with --add-modules jdk.incubator.vector",
                output.strip());
        assertEquals(2, process.waitFor());
    }
}
