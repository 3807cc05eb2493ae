package io.github.clip4j.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A bar with count, rate and time left on one line of a terminal that is written again and again; else nothing. */
final class Progress {
    private static final int WIDTH = 30;
    private static final long SECOND = 1_000_000_000;

    private final PrintWriter terminal;
    private final int total;
    private final LongSupplier nanoTime;
    private final long start;
    private int done;

    /** @param terminal where to show it, or null for nowhere */
    Progress(PrintWriter terminal, int total, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.total = total;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** A bar if the launcher found that standard error is a terminal, which Java cannot tell. */
    static Progress on(PrintWriter err, int total) {
        return new Progress("1".equals(System.getenv("CLIP_PROGRESS")) ? err : null, total, System::nanoTime);
    }

    void advance(int count) {
        done += count;
        if (terminal != null) {
            terminal.print("\r\033[K" + line());
            terminal.flush();
        }
    }

    /** Makes way for other output. */
    void clear() {
        if (terminal != null) {
            terminal.print("\r\033[K");
            terminal.flush();
        }
    }

    private String line() {
        double seconds = Math.max(1e-9, (double) (nanoTime.getAsLong() - start) / SECOND);
        int filled = (int) ((long) WIDTH * done / total);
        long left = Math.round(seconds / Math.max(1, done) * (total - done));
        return String.format(Locale.ROOT, "[%s%s] %d/%d  %.1f/s  %d:%02d:%02d left", "#".repeat(filled),
                " ".repeat(WIDTH - filled), done, total, done / seconds, left / 3600, left / 60 % 60, left % 60);
    }
}
