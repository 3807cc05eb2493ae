package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file of weights holds, reading it writes nothing, connects to nothing and starts nothing. */
class CheckpointSilenceTest {
    /** Of the JVM; a socket that is connected writes or reads, if it is of any use. */
    private static final List<String> EVENTS = List.of("jdk.FileWrite", "jdk.SocketWrite", "jdk.SocketRead",
            "jdk.ProcessStart");

    @TempDir
    private Path folder;

    /** What a test does is in its own thread; other tests may run in others. */
    private List<String> events(Action action) throws Exception {
        Path file = folder.resolve("events.jfr");
        String thread = Thread.currentThread().getName();
        try (Recording recording = new Recording()) {
            EVENTS.forEach(event -> recording.enable(event).withoutThreshold());
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getThread() != null && thread.equals(event.getThread().getJavaName()))
                .map(RecordedEvent::getEventType).map(type -> type.getName()).distinct().sorted().toList();
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    @Test
    void hostileFilesDoNothing() throws Exception {
        Path cases = Shared.path("reference/checkpoint-files");
        List<Path> files;
        try (Stream<Path> all = Files.list(cases)) {
            files = all.filter(file -> !file.endsWith("cases.json")).toList();
        }
        assertEquals(73, files.size());
        assertEquals(List.of(), events(() -> files.forEach(CheckpointSilenceTest::open)));
    }

    private static void open(Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            SafetensorsBytes.readAll(checkpoint);
        } catch (CheckpointException _) {
            // refused, as most are
        }
    }

    /** The same recording sees each of these where it happens. */
    @Test
    void whatIsDoneIsSeen() throws Exception {
        assertEquals(List.of("jdk.FileWrite", "jdk.ProcessStart", "jdk.SocketWrite"), events(() -> {
            Files.writeString(folder.resolve("x"), "x");
            new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
            connect();
        }));
    }

    private static void connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            socket.getOutputStream().write(1);
        }
    }
}
