package io.github.clip4j.cli.shared;

import picocli.CommandLine.Option;

/** The option of every command that computes. */
public final class ThreadsOption {
    private static final int MAX = 1024;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with (default: all processors).")
    private int threads = Math.min(MAX, Runtime.getRuntime().availableProcessors());

    public int count() {
        if (threads < 1 || threads > MAX) {
            throw new UsageException("--threads " + threads + ": expected 1 to " + MAX);
        }
        return threads;
    }
}
