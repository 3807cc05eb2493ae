package io.github.clip4j.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file written beside its place. Committing syncs and renames it, so whoever looks sees the old file or the whole new
 * one; closing without that removes it.
 */
public final class PartialFile implements AutoCloseable {
    private final Path file;
    private final Path beside;
    private final FileChannel channel;

    /** What {@link #write} writes. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Opens a file beside {@code file}, whose folder has to be there. */
    public PartialFile(Path file) throws IOException {
        this.file = file;
        // a plain sibling and not Files.createTempFile, whose files nobody else may read
        this.beside = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        this.channel = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        beside.toFile().deleteOnExit(); // interrupted by the user
    }

    /** Writes a whole file, or leaves the old one as it is. */
    public static void write(Path file, Content content) throws IOException {
        try (PartialFile partial = new PartialFile(file)) {
            content.writeTo(partial.channel());
            partial.commit();
        }
    }

    /** Where to write; may be read as well. */
    public FileChannel channel() {
        return channel;
    }

    /** Syncs the file and puts it in its place. */
    public void commit() throws IOException {
        channel.force(true);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(beside);
    }
}
