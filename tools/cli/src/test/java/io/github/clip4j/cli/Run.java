package io.github.clip4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What a command line did. */
public record Run(int exitCode, String out, String err) {
    public static Run clip(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
        return new Run(exitCode, out.toString(), err.toString());
    }

    public List<String> lines() {
        return out.lines().toList();
    }
}
