package io.github.clip4j.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder of files written beside its place, synced and renamed, so whoever looks finds the whole folder or none. What
 * is left when the process is killed is named {@code NAME.UUID.tmp}.
 */
public final class PartialFolder {
    private PartialFolder() {}

    /** What {@link #write} writes. */
    @FunctionalInterface
    public interface Content {
        /** Writes all files into a folder, with {@link PartialFile} or synced otherwise, and no folders in it. */
        void writeTo(Path folder) throws IOException;
    }

    /**
     * Writes a whole folder, or leaves nothing.
     *
     * @param folder may be there if it is empty; the folder that it is in is made if it is not there
     * @throws FileAlreadyExistsException if something else is there
     */
    public static void write(Path folder, Content content) throws IOException {
        Path place = folder.toAbsolutePath().normalize();
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !(Files.isDirectory(place) && list(place).isEmpty())) {
            throw new FileAlreadyExistsException(folder.toString(), null, "something is there already");
        }
        Path beside = beside(place);
        Files.createDirectories(beside);
        try {
            content.writeTo(beside);
            sync(beside);
            Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
            sync(place.getParent());
        } finally {
            if (Files.exists(beside)) {
                delete(beside);
            }
        }
    }

    /** Deletes a folder of files; if the process is killed meanwhile, none of it is left under the folder's name. */
    public static void remove(Path folder) throws IOException {
        Path beside = beside(folder);
        Files.move(folder, beside, StandardCopyOption.ATOMIC_MOVE);
        delete(beside);
    }

    /** Deletes a folder of files, file by file. */
    public static void delete(Path folder) throws IOException {
        for (Path file : list(folder)) {
            Files.delete(file);
        }
        Files.delete(folder);
    }

    private static Path beside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Makes the names in a folder outlast a loss of power. */
    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        } catch (IOException _) {
            // Windows opens no folder, and keeps the names by itself
        }
    }
}
