package io.github.clip4j.hub;

import io.github.clip4j.hub.HubClient.Metadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * One file from the hub to its place among the blobs. What has come is kept beside it, also when the process is killed,
 * and the next download asks for the rest, provided that a hash tells in the end whether all is right.
 *
 * @param file its name, for messages
 * @param timeout for a download of which nothing comes
 */
record BlobDownload(HubClient client, Metadata metadata, String file, Path blob, Duration timeout,
        HubListener listener) {
    private static final int BUFFER = 1 << 16;
    /** The largest file whose size the hub does not tell. */
    private static final long MAX_UNTOLD = 64L << 20;

    /** Downloads the file, checks it and puts it into its place; the blob's lock is held. */
    void run() throws IOException {
        Path partial = blob.resolveSibling(blob.getFileName() + ".clip4j.incomplete");
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            if (!metadata.isHashed() || channel.size() > limit()) {
                channel.truncate(0);
            }
            requireSpace(limit() - channel.size());
            fetch(channel);
            channel.force(true);
            if (metadata.isHashed()) {
                requireHash(channel, partial);
            }
        }
        Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
    }

    private long limit() {
        return metadata.size() < 0 ? MAX_UNTOLD : metadata.size();
    }

    private void requireSpace(long bytes) throws IOException {
        long free = Files.getFileStore(blob.getParent()).getUsableSpace();
        if (metadata.size() >= 0 && bytes > free) {
            throw new HubException(
                    String.format(Locale.ROOT, "%s: needs %,d bytes of disk, and %s has %,d; make room or "
                            + "set HF_HUB_CACHE to a folder on another disk", file, bytes, blob.getParent(), free));
        }
    }

    /** Until all is here; a cut goes on where it was, unless it gets no further any more. */
    private void fetch(FileChannel channel) throws IOException {
        long furthest = channel.size();
        for (int idle = 1; channel.size() != metadata.size(); idle++) {
            try {
                transfer(channel);
                if (metadata.size() < 0) {
                    return;
                }
                if (channel.size() < metadata.size()) {
                    throw new IOException("it ends after " + channel.size() + " bytes of " + metadata.size());
                }
            } catch (UncheckedIOException e) {
                throw e.getCause(); // of the disk
            } catch (IOException e) {
                if (channel.size() > furthest) {
                    furthest = channel.size();
                    idle = 1;
                }
                if (idle == HubClient.TRIES) {
                    throw new HubException("%s: %s is not complete: %s, after %d tries; try again later"
                            .formatted(client.answers().name(), file, HubAnswers.reason(e), idle)
                            + (metadata.isHashed() ? ", it goes on from there" : ""), e);
                }
                client.pause(idle, "");
            }
        }
    }

    /** Appends what an answer brings, or begins anew if it brings the whole file. */
    private void transfer(FileChannel channel) throws IOException {
        HttpResponse<InputStream> response = client.content(metadata.location(), channel.size());
        String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
        try (InputStream body = response.body()) {
            String range = "bytes " + channel.size() + "-";
            boolean rest = response.statusCode() == 206 && encoding.equals("identity")
                    && response.headers().firstValue("Content-Range").orElse("").startsWith(range);
            if (!rest) {
                truncate(channel);
            }
            if (!rest && response.statusCode() != 200) {
                throw new IOException("other bytes were sent than those asked for");
            }
            switch (encoding) {
                case "identity" -> append(body, channel);
                // text, although it was not asked for
                case "gzip" -> append(timed(() -> new GZIPInputStream(body)), channel);
                default -> throw client.answers().refuse(file + " comes in an encoding that was not asked for");
            }
        }
    }

    private void append(InputStream body, FileChannel channel) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = channel.size();
        listener.progress(file, size, metadata.size());
        for (int count; (count = timed(() -> body.read(buffer))) >= 0;) {
            if (count > limit() - size) {
                truncate(channel);
                throw client.answers().refuse(file + " has more than " + limit() + " bytes, " + (metadata.size() < 0
                        ? "too many for one whose size is not told"
                        : "as many as were announced"));
            }
            try {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
                while (bytes.hasRemaining()) {
                    size += channel.write(bytes, size);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e); // unlike one of the network
            }
            listener.progress(file, size, metadata.size());
        }
    }

    private static void truncate(FileChannel channel) {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What reading gives, or a failure if nothing comes in time, which no stream does by itself. */
    private <T> T timed(Callable<T> read) throws IOException {
        FutureTask<T> reading = new FutureTask<>(read);
        Thread.startVirtualThread(reading);
        try {
            return reading.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("nothing more came");
        } catch (InterruptedException e) {
            throw client.interrupted(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private void requireHash(FileChannel channel, Path partial) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        long at = 0;
        for (int count; (count = channel.read(buffer, at)) >= 0; at += count) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(metadata.etag())) {
            Files.delete(partial);
            throw client.answers().refuse("the SHA-256 of %s is %s, and %s was announced; it is deleted, try again"
                    .formatted(file, found, metadata.etag()));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
