package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.ClipConfig;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * PyTorch with transformers, in a Python process that lives as long as this object and takes its own time, so that what
 * passes between the processes is not timed. {@code pytorch.py} is the other end.
 */
final class PyTorch implements Peer, AutoCloseable {
    private final ClipConfig config;
    private final Process process;
    private final OutputStream requests;
    private final DataInputStream answers;
    private final String version;

    PyTorch(PeerOptions options, ClipConfig config) throws IOException {
        String script;
        try (InputStream resource = PyTorch.class.getResourceAsStream("pytorch.py")) {
            script = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
        this.config = config;
        process = new ProcessBuilder(options.python(), "-c", script, options.model().toString(),
                Integer.toString(options.threads())).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        requests = process.getOutputStream();
        answers = new DataInputStream(process.getInputStream());
        try {
            version = answers.readUTF();
        } catch (EOFException e) {
            throw new IOException(options.python() + ": ended before its first answer; what it said stands above", e);
        }
    }

    @Override
    public String name() {
        return "PyTorch " + version;
    }

    @Override
    public Answer images(float[] pixels, int n) throws IOException {
        ByteBuffer data = buffer(pixels.length * Float.BYTES);
        data.asFloatBuffer().put(pixels);
        int size = config.vision().imageSize();
        return ask("images %d %d %d %d".formatted(n, config.vision().channels(), size, size), data, n);
    }

    /** Padded to the longest of the texts. */
    @Override
    public Answer texts(List<int[]> texts) throws IOException {
        int longest = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        ByteBuffer data = buffer(texts.size() * longest * Long.BYTES);
        data.asLongBuffer().put(Padding.ids(texts, longest));
        return ask("texts %d %d".formatted(texts.size(), longest), data, texts.size());
    }

    private Answer ask(String request, ByteBuffer data, int items) throws IOException {
        requests.write((request + "\n").getBytes(StandardCharsets.US_ASCII));
        requests.write(data.array());
        requests.flush();
        ByteBuffer answer = buffer(Double.BYTES + items * config.projection() * Float.BYTES);
        answers.readFully(answer.array());
        double seconds = answer.getDouble();
        float[] features = new float[items * config.projection()];
        answer.asFloatBuffer().get(features);
        return new Answer(features, seconds);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    /** The end of its requests ends the process. */
    @Override
    public void close() throws IOException {
        requests.close();
    }
}
