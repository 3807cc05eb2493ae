package io.github.clip4j.cli.shared;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Shows what would steer a terminal instead of doing so: names, labels and messages come from anywhere. Control characters
 * but line feed and tab, separators of lines and paragraphs, and marks that turn the direction of writing become
 * {@code \}{@code uXXXX}, which in JSON means the same.
 */
public final class VisibleWriter extends FilterWriter {
    public VisibleWriter(Writer out) {
        super(out);
    }

    /** A text from outside on one line. */
    public static String line(String text) {
        StringBuilder line = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                default -> append(c, line);
            }
        }
        return line.toString();
    }

    private static void append(char c, StringBuilder text) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean separator = c == '\u2028' || c == '\u2029';
        boolean direction = c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
        if (control || separator || direction) {
            text.append("\\u%04x".formatted((int) c));
        } else {
            text.append(c);
        }
    }

    @Override
    public void write(int c) throws IOException {
        write(new char[]{(char) c}, 0, 1);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        write(new String(text, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        String lineEnd = System.lineSeparator();
        StringBuilder visible = new StringBuilder(length);
        for (int i = offset; i < offset + length; i++) {
            if (text.charAt(i) == '\r' && text.startsWith(lineEnd, i)) {
                visible.append('\r'); // on Windows
            } else {
                append(text.charAt(i), visible);
            }
        }
        out.write(visible.toString());
    }

    /** Tells of what a {@link PrintWriter} below keeps to itself, such as that nobody reads any more. */
    @Override
    public void flush() throws IOException {
        out.flush();
        if (out instanceof PrintWriter printer && printer.checkError()) {
            throw new IOException("cannot be written");
        }
    }
}
