package io.github.clip4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings do not depend on what else the process does, nor on when its compiler comes round to which method. */
class TwoProcessesTest {
    @Test
    void aBusyProcessGivesTheSameBits(@TempDir Path folder) throws Exception {
        TinyModel.write(folder, TinyModel.CONFIG);
        Process idle = start(folder, 0);
        Process busy = start(folder, 2 * Runtime.getRuntime().availableProcessors());
        String expected = output(idle);
        assertEquals(32 + 32, expected.lines().count(), "hash of each image and text");
        assertEquals(expected, output(busy));
    }

    private static Process start(Path folder, int loops) throws IOException {
        List<String> path = new ArrayList<>();
        for (Class<?> type : List.of(TwoProcessesTest.class, Clip.class)) {
            path.add(new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath());
        }
        path.add(System.getProperty("jdk.module.path", ""));
        path.add(System.getProperty("java.class.path"));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "-cp", String.join(File.pathSeparator, path), Embeddings.class.getName(),
                folder.toString(), Integer.toString(loops))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** Prints a hash of the bits of each embedding. */
    static final class Embeddings {
        public static void main(String[] args) {
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                Thread.ofPlatform().daemon().start(Embeddings::loop);
            }
            try (Clip clip = Clip.open(Path.of(args[0]), ClipOptions.DEFAULT.withThreads(2))) {
                print(clip.embedImages(TinyModel.images(32, 1)));
                print(clip.embedTexts(IntStream.range(0, 32).mapToObj(i -> "text number " + i * i).toList()));
            }
        }

        private static void print(List<float[]> embeddings) {
            embeddings.forEach(embedding -> System.out.println(Arrays.hashCode(embedding)));
        }

        private static void loop() {
            for (double x = 1; x > 0; x = Math.sqrt(x + 1)) {
                Thread.onSpinWait();
            }
        }
    }
}
