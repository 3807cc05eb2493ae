package io.github.clip4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file written beside its place: committing syncs and renames it, closing without that removes it. */
final class PartialFile implements AutoCloseable {
    private final Path file;
    private final Path beside;
    private final FileChannel channel;

    /** @throws DataException if there is no such folder or it cannot be written to */
    PartialFile(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new DataException(file + ": is a folder, expected a file to write");
        }
        if (!Files.isDirectory(folder)) {
            throw new DataException(file + ": cannot be written, there is no folder " + folder);
        }
        this.file = file;
        this.beside = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            this.channel = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failure(e);
        }
        beside.toFile().deleteOnExit(); // interrupted by the user
    }

    FileChannel channel() {
        return channel;
    }

    /** Writes all remaining bytes at the end. */
    void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    void commit() {
        try {
            channel.force(true);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private DataException failure(IOException e) {
        return new DataException(file + ": cannot be written: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
