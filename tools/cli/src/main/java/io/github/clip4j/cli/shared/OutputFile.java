package io.github.clip4j.cli.shared;

import io.github.clip4j.files.PartialFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that the user asked for: it appears whole, when committed, or not at all. */
public final class OutputFile implements AutoCloseable {
    private final Path file;
    private final PartialFile partial;

    /** @throws DataException if there is no such folder or it cannot be written to */
    public OutputFile(Path file) {
        check(file);
        this.file = file;
        try {
            this.partial = new PartialFile(file);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** @throws DataException if there is no such folder, as can be told before there is anything to write */
    public static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new DataException(file + ": is a folder, expected a file to write");
        }
        if (!Files.isDirectory(folder)) {
            throw new DataException(file + ": cannot be written, there is no folder " + folder);
        }
    }

    public FileChannel channel() {
        return partial.channel();
    }

    /** Writes all remaining bytes at the end. */
    public void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel().write(bytes);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    public void commit() {
        try {
            partial.commit();
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
            partial.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
