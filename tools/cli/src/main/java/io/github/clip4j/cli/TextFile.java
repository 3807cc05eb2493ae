package io.github.clip4j.cli;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Text files that a user names: UTF-8, one item a line. */
final class TextFile {
    private TextFile() {}

    /** The lines that are not blank, stripped. */
    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (NoSuchFileException e) {
            throw new DataException(file + ": there is no such file", e);
        } catch (MalformedInputException e) {
            throw new DataException(file + ": is not UTF-8 text", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
