package io.github.clip4j.cli.shared;

import io.github.clip4j.hub.HubListener;

/** A bar for each large file that is downloaded, in megabytes. */
public final class DownloadProgress implements HubListener, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    private String file = "";
    private long shown;
    private Progress progress;

    @Override
    public void progress(String name, long done, long total) {
        if (total < MEGABYTE) {
            return;
        }
        if (!name.equals(file) || done / MEGABYTE < shown) {
            close();
            file = name;
            shown = done / MEGABYTE;
            progress = Progress.on(shown, total / MEGABYTE);
        }
        int more = (int) (done / MEGABYTE - shown);
        if (more > 0) {
            shown += more;
            progress.advance(more, "  MB of " + name);
        }
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.clear();
        }
    }
}
