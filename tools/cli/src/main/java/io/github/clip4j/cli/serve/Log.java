package io.github.clip4j.cli.serve;

import java.io.PrintWriter;

/** Faults, in one line each. */
final class Log {
    private final PrintWriter err;

    Log(PrintWriter err) {
        this.err = err;
    }

    void line(String message) {
        err.println("clip: " + message.replaceAll("\\s+", " "));
    }
}
