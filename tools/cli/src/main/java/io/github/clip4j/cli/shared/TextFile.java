package io.github.clip4j.cli.shared;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text files that a user names: UTF-8, one item a line. */
public final class TextFile {
    private static final long MAX_BYTES = 512L << 20;

    private TextFile() {}

    /** The lines that are not blank, stripped. */
    public static List<String> items(Path file) {
        return lines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** All lines as they are, but for a byte order mark. */
    public static List<String> lines(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new DataException(file + (Files.exists(file) ? ": cannot be read" : ": there is no such file"));
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new DataException(file + ": has more than the limit of " + MAX_BYTES + " bytes");
            }
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            if (!lines.isEmpty() && lines.getFirst().startsWith("\uFEFF")) {
                lines.set(0, lines.getFirst().substring(1));
            }
            return lines;
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": is not UTF-8 text", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
