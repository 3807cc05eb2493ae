package io.github.clip4j.cli.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Measurements as JSON lines, {@code {"step":12,"loss":1.5,...}}, in the order of their steps. Each line is handed to
 * the system as it is added, so that a killed process leaves at most the last one torn.
 */
public final class MetricsLog implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<LinkedHashMap<String, Double>> NUMBERS = new TypeReference<>() {
    };
    private static final String STEP = "step";

    private final Path file;
    private final FileChannel channel;

    /** What a file holds, and how many of its bytes that is. */
    private record Content(List<Measurement> measurements, int bytes) {}

    /**
     * Opens a log to go on after a step: what was measured later is cut off, and so is a torn line. A file that is not
     * there is made.
     *
     * @throws UncheckedIOException naming the file, if it is not such a log or cannot be written
     */
    public MetricsLog(Path file, long step) {
        this.file = file;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IOException("another process is writing to it");
            }
            int kept = content(file, step).bytes();
            channel.truncate(kept).position(kept);
        } catch (IOException e) {
            throw failure("cannot be written", e);
        }
    }

    /** All measurements of a log, without a torn line. */
    public static List<Measurement> read(Path file) {
        try {
            return content(file, Long.MAX_VALUE).measurements();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Adds a line. */
    public void add(Measurement measurement) {
        LinkedHashMap<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, measurement.step());
        line.putAll(measurement.values());
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(JSON.writeValueAsString(line) + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failure("cannot be written", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure("cannot be closed", e);
        }
    }

    private UncheckedIOException failure(String what, IOException e) {
        return new UncheckedIOException(file + ": " + what + ": " + e.getMessage(), e);
    }

    /** The lines up to the first that is torn or was measured after {@code step}. */
    private static Content content(Path file, long step) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Measurement> measurements = new ArrayList<>();
        int from = 0;
        for (int end = from; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                String line = new String(bytes, from, end - from, StandardCharsets.UTF_8);
                Measurement measurement = measurement(line, file + ":" + (measurements.size() + 1));
                if (measurement.step() > step) {
                    break;
                }
                measurements.add(measurement);
                from = end + 1;
            }
        }
        return new Content(measurements, from);
    }

    private static Measurement measurement(String line, String source) throws IOException {
        try {
            LinkedHashMap<String, Double> values = JSON.readValue(line, NUMBERS);
            Double step = values == null ? null : values.remove(STEP);
            if (step == null || values.containsValue(null)) {
                throw new IOException(source + ": expected an object of numbers with \"" + STEP + "\"");
            }
            return new Measurement(step.longValue(), values);
        } catch (JsonProcessingException e) {
            throw new IOException(source + ": expected an object of numbers: " + JsonFault.of(e), e);
        }
    }
}
