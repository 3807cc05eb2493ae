package io.github.clip4j.cli.shared;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Inputs that could not be used while the others went on: told at once, and decisive for the exit code. */
public final class Failures {
    private static final int FEW = 10;

    private final PrintWriter err;
    private final List<String> messages = new ArrayList<>();

    public Failures(PrintWriter err) {
        this.err = err;
    }

    public void add(String message) {
        messages.add(oneLine(message));
        err.println("clip: " + messages.getLast());
    }

    /** Tells how many there were, and if they are few each of them again, for who has seen much go by since. */
    public void summarize(int total, String what) {
        if (messages.isEmpty()) {
            return;
        }
        boolean few = messages.size() <= FEW;
        err.println("clip: left out " + messages.size() + " of " + total + " " + what + (few ? ":" : ", see above"));
        if (few) {
            messages.forEach(message -> err.println("  " + message));
        }
    }

    public int exitCode() {
        return messages.isEmpty() ? 0 : 1;
    }

    /** A message as it is told: on one line. */
    public static String oneLine(String message) {
        return VisibleWriter.line(String.valueOf(message).replaceAll("\\s*\\R\\s*", " "));
    }
}
