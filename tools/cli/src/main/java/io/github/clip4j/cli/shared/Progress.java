package io.github.clip4j.cli.shared;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A bar with count, rate and time left on one line of a terminal that is written again and again; else nothing. Where
 * the total is not known, 0, there is no bar. */
public final class Progress {
    private static final int WIDTH = 30;
    private static final long SECOND = 1_000_000_000;

    private final PrintWriter terminal;
    private final long before;
    private final long total;
    private final LongSupplier nanoTime;
    private final long start;
    private long done;

    /**
     * @param terminal where to show it, or null for nowhere
     * @param before how much of the total was done before now
     */
    Progress(PrintWriter terminal, long before, long total, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.before = before;
        this.done = before;
        this.total = total;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** A bar if the launcher found that standard error is a terminal, which Java cannot tell; past what commands print. */
    public static Progress on(long total) {
        return on(0, total);
    }

    /** The same for work that was begun before now. */
    public static Progress on(long before, long total) {
        boolean terminal = "1".equals(System.getenv("CLIP_PROGRESS"));
        return new Progress(terminal ? new PrintWriter(System.err) : null, before, total, System::nanoTime);
    }

    public void advance(int count) {
        advance(count, "");
    }

    /** @param note goes after the rest of the line */
    public void advance(int count, String note) {
        done += count;
        if (terminal != null) {
            terminal.print("\r\033[K" + line() + note);
            terminal.flush();
        }
    }

    /** Makes way for other output. */
    public void clear() {
        if (terminal != null) {
            terminal.print("\r\033[K");
            terminal.flush();
        }
    }

    private String line() {
        double seconds = Math.max(1e-9, (double) (nanoTime.getAsLong() - start) / SECOND);
        double rate = (done - before) / seconds;
        if (total == 0) {
            return String.format(Locale.ROOT, "%d  %.1f/s", done, rate);
        }
        int filled = (int) (WIDTH * done / total);
        long left = Math.round((total - done) / rate);
        return String.format(Locale.ROOT, "[%s%s] %d/%d  %.1f/s  %d:%02d:%02d left", "#".repeat(filled),
                " ".repeat(WIDTH - filled), done, total, rate, left / 3600, left / 60 % 60, left % 60);
    }
}
