package io.github.clip4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Inputs that could not be used while the others went on: told at once, and decisive for the exit code. */
final class Failures {
    private final PrintWriter err;
    private final List<String> messages = new ArrayList<>();

    Failures(PrintWriter err) {
        this.err = err;
    }

    void add(String message) {
        messages.add(Main.oneLine(message));
        err.println("clip: " + messages.getLast());
    }

    /** Tells all again, for who has seen much go by since. */
    void summarize(int total, String what) {
        if (!messages.isEmpty()) {
            err.println("clip: left out " + messages.size() + " of " + total + " " + what + ":");
            messages.forEach(message -> err.println("  " + message));
        }
    }

    int exitCode() {
        return messages.isEmpty() ? 0 : 1;
    }
}
