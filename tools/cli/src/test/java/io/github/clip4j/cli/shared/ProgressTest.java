package io.github.clip4j.cli.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void countRateAndTimeLeft() {
        StringWriter terminal = new StringWriter();
        AtomicLong nanoTime = new AtomicLong(7);
        Progress progress = new Progress(new PrintWriter(terminal), 0, 10_000, nanoTime::get);
        nanoTime.addAndGet(4_000_000_000L);
        progress.advance(32);
        progress.clear();
        assertEquals("\r\033[K[" + " ".repeat(30) + "] 32/10000  8.0/s  0:20:46 left\r\033[K", terminal.toString());
    }

    @Test
    void goesOnWithANote() {
        StringWriter terminal = new StringWriter();
        AtomicLong nanoTime = new AtomicLong(7);
        Progress progress = new Progress(new PrintWriter(terminal), 500, 1000, nanoTime::get);
        nanoTime.addAndGet(5_000_000_000L);
        progress.advance(100, "  loss 1.2");
        assertEquals("\r\033[K[" + "#".repeat(18) + " ".repeat(12) + "] 600/1000  20.0/s  0:00:20 left  loss 1.2",
                terminal.toString());
    }

    @Test
    void nothingWhereThereIsNoTerminal() {
        Progress progress = new Progress(null, 0, 10, () -> 0);
        progress.advance(10);
        progress.clear();
    }
}
