package io.github.clip4j.hub;

/** Told how far a download is. */
@FunctionalInterface
public interface HubListener {
    HubListener NONE = (_, _, _) -> {};

    /**
     * Some of a file has come; the first call tells where it begins, which is above 0 if a download goes on.
     *
     * @param done bytes of the file that are here
     * @param total bytes of the file, or -1 if the hub does not tell
     */
    void progress(String file, long done, long total);
}
