package io.github.clip4j.hub;

import io.github.clip4j.files.PartialFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * One repository's part of the cache: {@code blobs/ETAG}, {@code refs/REVISION} with a commit in it,
 * {@code snapshots/COMMIT/FILE} linked to its blob, and {@code .no_exist/COMMIT/FILE} for a file that the commit does not
 * have.
 *
 * @param root folder of all repositories
 * @param links whether snapshots link to blobs
 */
record HubCache(Path root, String repository, boolean links) {
    private static final long LOCK_POLL_MILLIS = 100;

    private String name() {
        return "models--" + repository.replace("/", "--");
    }

    Path folder() {
        return root.resolve(name());
    }

    Path blob(String etag) {
        return folder().resolve("blobs").resolve(etag);
    }

    Path snapshot(String commit) {
        return folder().resolve("snapshots").resolve(commit);
    }

    private Path missing(String commit, String file) {
        return folder().resolve(".no_exist").resolve(commit).resolve(file);
    }

    /** The commit that a revision was when it was last asked for. */
    Optional<String> commit(String revision) {
        if (HubName.isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder().resolve("refs").resolve(revision);
        try {
            if (Files.isRegularFile(ref) && Files.size(ref) < 100) {
                return Optional.of(Files.readString(ref).strip()).filter(HubName::isCommit);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new HubException(ref + ": cannot be read: " + e.getMessage() + "; delete it", e);
        }
    }

    /** Notes which commit a revision is; anyone who looks sees the old one or the new one. */
    void setCommit(String revision, String commit) throws IOException {
        if (!commit(revision).equals(Optional.of(commit))) {
            Path ref = folder().resolve("refs").resolve(revision);
            Files.createDirectories(ref.getParent());
            PartialFile.write(ref,
                    channel -> channel.write(ByteBuffer.wrap(commit.getBytes(StandardCharsets.US_ASCII))));
        }
    }

    /** A file of a commit, if it is here. */
    Optional<Path> file(String commit, String file) {
        return Optional.of(snapshot(commit).resolve(file)).filter(Files::isRegularFile);
    }

    /** Whether the cache tells what a commit has under a name: the file or that there is none. */
    boolean isKnown(String commit, String file) {
        return file(commit, file).isPresent() || Files.exists(missing(commit, file));
    }

    /** Notes that a commit does not have a file; where that cannot be written it will be asked again. */
    void setMissing(String commit, String file) {
        try {
            Path path = missing(commit, file);
            Files.createDirectories(path.getParent());
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
        } catch (IOException e) {
            // read-only, and nothing is lost
        }
    }

    /** Puts a blob under its name into a snapshot. */
    Path place(String etag, String commit, String file) throws IOException {
        Path path = snapshot(commit).resolve(file);
        Files.createDirectories(path.getParent());
        Path beside = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try {
                if (!links) {
                    throw new UnsupportedOperationException("HF_HUB_DISABLE_SYMLINKS is set");
                }
                Files.createSymbolicLink(beside, path.getParent().relativize(blob(etag)));
            } catch (IOException | UnsupportedOperationException e) {
                Files.copy(blob(etag), beside); // Windows without the right to link, a file system without links
            }
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE); // over a link to a blob that is gone, too
        } finally {
            Files.deleteIfExists(beside);
        }
        return path;
    }

    /** What is done while no other process, nor thread of this one, does it for the same blob. */
    @FunctionalInterface
    interface Locked {
        void run() throws IOException;
    }

    /**
     * Runs something under the lock of a blob, in the file that huggingface_hub locks for it. Where its kind of lock does
     * not exclude ours (flock and fcntl on Linux), both may download at once, each to a file of its own name.
     */
    void locked(String etag, Locked body) throws IOException {
        Path file = root.resolve(".locks").resolve(name()).resolve(etag + ".lock");
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(channel, file)) {
            body.run();
        }
    }

    private static FileLock lock(FileChannel channel, Path file) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                try {
                    Thread.sleep(LOCK_POLL_MILLIS); // another thread has it, and Java cannot wait for that
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new HubException(file + ": interrupted while another download went on", interrupted);
                }
            }
        }
    }
}
