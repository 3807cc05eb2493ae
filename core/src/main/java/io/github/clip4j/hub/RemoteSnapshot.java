package io.github.clip4j.hub;

import io.github.clip4j.checkpoint.PublishedFiles.Lookup;
import io.github.clip4j.hub.HubClient.Metadata;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files of the commit that a revision is when it is asked for the first time; what is not in the cache is fetched. */
final class RemoteSnapshot implements Lookup {
    private final HubClient client;
    private final HubCache cache;
    private final HubSettings settings;
    private final HubListener listener;
    private String revision;

    RemoteSnapshot(HubClient client, HubCache cache, HubSettings settings, String revision, HubListener listener) {
        this.client = client;
        this.cache = cache;
        this.settings = settings;
        this.revision = revision;
        this.listener = listener;
    }

    /** Valid when a file has been asked for, whether it was there or not. */
    String commit() {
        return revision;
    }

    @Override
    public Optional<Path> file(String name) {
        if (HubName.isCommit(revision) && cache.isKnown(revision, name)) {
            return cache.file(revision, name);
        }
        Metadata metadata = client.metadata(revision, name);
        revision = metadata.commit();
        if (!metadata.exists()) {
            cache.setMissing(revision, name);
            return Optional.empty();
        }
        Optional<Path> here = cache.file(revision, name);
        return here.isPresent() ? here : Optional.of(fetch(metadata, name));
    }

    private Path fetch(Metadata metadata, String name) {
        try {
            Path blob = cache.blob(metadata.etag());
            Files.createDirectories(blob.getParent());
            cache.locked(metadata.etag(), () -> {
                if (!Files.exists(blob)) { // as it is when another process had the lock
                    new BlobDownload(client, metadata, name, blob, settings.downloadTimeout(), listener).run();
                }
            });
            return cache.place(metadata.etag(), revision, name);
        } catch (IOException e) {
            throw cannotWrite(cache, e);
        }
    }

    static HubException cannotWrite(HubCache cache, IOException e) {
        String reason = e instanceof FileSystemException file && file.getReason() != null
                ? file.getFile() + ": " + file.getReason()
                : e.toString().replaceFirst("^java\\.(?:nio\\.file|io)\\.", "");
        return new HubException(
                "%s: the cache %s cannot be written: %s; make room or set HF_HUB_CACHE to a folder that can "
                        .formatted(cache.repository(), cache.root(), reason) + "be written",
                e);
    }
}
