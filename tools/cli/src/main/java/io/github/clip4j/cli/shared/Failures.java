package io.github.clip4j.cli.shared;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Inputs that could not be used while the others went on: told at once, and decisive for the exit code. */
public final class Failures {
    private final PrintWriter err;
    private final List<String> messages = new ArrayList<>();

    public Failures(PrintWriter err) {
        this.err = err;
    }

    public void add(String message) {
        messages.add(oneLine(message));
        err.println("clip: " + messages.getLast());
    }

    /** Tells all again, for who has seen much go by since. */
    public void summarize(int total, String what) {
        if (!messages.isEmpty()) {
            err.println("clip: left out " + messages.size() + " of " + total + " " + what + ":");
            messages.forEach(message -> err.println("  " + message));
        }
    }

    public int exitCode() {
        return messages.isEmpty() ? 0 : 1;
    }

    /** A message as it is told: on one line. */
    public static String oneLine(String message) {
        return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
    }
}
