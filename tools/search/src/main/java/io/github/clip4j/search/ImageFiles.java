package io.github.clip4j.search;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.webdataset.ImageContent;
import io.github.clip4j.webdataset.Sample;
import io.github.clip4j.webdataset.Shards;
import io.github.clip4j.webdataset.TarSamples;
import io.github.clip4j.webdataset.WebDatasetException;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The image files below folders and in tars, which count as folders, in the order of their paths. Links to files are
 * followed, links to folders are not, so the walk ends.
 */
final class ImageFiles {
    private final SortedMap<String, ImageFile> files = new TreeMap<>();
    private final List<String> walked = new ArrayList<>();
    private final List<String> unread = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /**
     * A file as it was when the folder was read.
     *
     * @param modified when, in milliseconds since 1970; one of a tar when the tar was
     */
    record ImageFile(String path, long size, long modified, ImageContent content) {
        static ImageFile of(Path file, BasicFileAttributes attributes) {
            return new ImageFile(file.toString(), attributes.size(), attributes.lastModifiedTime().toMillis(),
                    () -> new ImageDecoder().read(file));
        }

        /** A file under the path that it has in an index; nothing if it is not there. */
        static Optional<ImageFile> of(Path file) {
            try {
                Path folder = file.toAbsolutePath().getParent();
                return folder == null
                        ? Optional.empty()
                        : Optional.of(of(folder.toRealPath().resolve(file.getFileName()),
                                Files.readAttributes(file, BasicFileAttributes.class)));
            } catch (IOException _) {
                return Optional.empty();
            }
        }

        boolean isSame(IndexedImage image) {
            return size == image.size() && modified == image.modified();
        }
    }

    private ImageFiles() {}

    /** @throws IndexException if one is neither a folder nor named as a tar */
    static ImageFiles below(List<Path> folders) {
        ImageFiles found = new ImageFiles();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                if (Shards.isTar(folder.toString())) {
                    found.addTar(folder);
                    continue;
                }
                throw new IndexException(folder + (Files.exists(folder)
                        ? ": is a file, expected a folder or a tar with images"
                        : ": there is no such folder"));
            }
            try {
                Path root = folder.toRealPath();
                found.walked.add(prefix(root));
                Files.walkFileTree(root, found.new Visitor());
            } catch (IOException e) {
                throw new IndexException(folder + ": cannot be read: " + e, e);
            }
        }
        return found;
    }

    private void addTar(Path tar) {
        try (TarSamples samples = TarSamples.list(tar)) {
            Path file = tar.toRealPath();
            long modified = Files.getLastModifiedTime(file).toMillis();
            for (Sample sample = samples.next(); sample != null; sample = samples.next()) {
                String path = prefix(file) + sample.member();
                files.put(path, new ImageFile(path, sample.size(), modified, sample.image()));
            }
            walked.add(prefix(file)); // whole, so what is not there is gone
        } catch (WebDatasetException e) {
            faults.add(e.getMessage());
        } catch (IOException e) {
            faults.add(tar + ": cannot be read: " + e);
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (ImageDecoder.isImageName(file)) {
                try {
                    add(file, attributes.isSymbolicLink()
                            ? Files.readAttributes(file, BasicFileAttributes.class)
                            : attributes);
                } catch (NoSuchFileException _) {
                    faults.add(file + ": is a link that leads nowhere"); // so if it was indexed it is gone
                } catch (IOException e) {
                    skip(file, "cannot be read: " + e.getClass().getSimpleName());
                }
            }
            return FileVisitResult.CONTINUE;
        }

        private void add(Path file, BasicFileAttributes attributes) {
            if (!attributes.isRegularFile()) {
                return;
            }
            if (!Path.of(file.toString()).equals(file)) {
                faults.add(file + ": its name is not text in this system's encoding; rename it");
                return;
            }
            if (!Files.isReadable(file)) {
                skip(file, "cannot be read: its permissions forbid it");
                return;
            }
            files.put(file.toString(), ImageFile.of(file, attributes));
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            skip(file, "cannot be read: " + e.getClass().getSimpleName());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            if (e != null) {
                skip(folder, "cannot be read: " + e.getClass().getSimpleName());
            }
            return FileVisitResult.CONTINUE;
        }

        private void skip(Path file, String reason) {
            unread.add(file.toString());
            unread.add(prefix(file));
            faults.add(file + ": " + reason);
        }
    }

    private static String prefix(Path folder) {
        String path = folder.toString();
        return path.endsWith(File.separator) ? path : path + File.separator;
    }

    /** By path. */
    SortedMap<String, ImageFile> files() {
        return files;
    }

    /** What could not be read of the folders. */
    List<String> faults() {
        return faults;
    }

    /** Whether the walk would have found a file of this path, and did not. */
    boolean isGone(String path) {
        return !files.containsKey(path) && walked.stream().anyMatch(path::startsWith)
                && unread.stream().noneMatch(path::startsWith);
    }
}
