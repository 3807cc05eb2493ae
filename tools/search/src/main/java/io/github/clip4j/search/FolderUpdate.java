package io.github.clip4j.search;

import io.github.clip4j.Clip;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.search.ImageFiles.ImageFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Brings an index up to date with the image files below folders and in tars. A file whose size and time of modification are those
 * in the index is not read. One whose content is in the index, since it was moved, copied or only touched, takes its
 * vector from there. What cannot be decoded is left out.
 */
public final class FolderUpdate {
    /** Images embedded together; as many are read ahead. */
    private static final int BATCH = 32;
    /** How much work is lost at the most when the process is killed. */
    private static final int COMMIT_IMAGES = 1000;
    private static final Duration COMMIT_TIME = Duration.ofSeconds(20);

    private final ImageIndexWriter writer;
    private final ImageIndex before;
    private final Supplier<Clip> model;
    private final Listener listener;
    private final ImageDecoder decoder;
    private final Map<String, IndexedImage> known = new HashMap<>();
    private final Map<String, IndexedImage> byContent = new HashMap<>();
    private final List<Content> waiting = new ArrayList<>();
    private int added;
    private int changed;
    private int reused;
    private int broken;
    private int uncommitted;
    private long lastCommit = System.nanoTime();

    /**
     * What became of the files.
     *
     * @param added were not in the index, nor was their content
     * @param changed have another content than in the index
     * @param reused were read and have a content that is in the index
     * @param removed are gone from the folders
     * @param unchanged were not read
     * @param broken are left out
     */
    public record Changes(int added, int changed, int reused, int removed, int unchanged, int broken) {
        /** How many files were found. */
        public int files() {
            return added + changed + reused + unchanged + broken;
        }
    }

    /** Is told how far an update has come, in the thread that runs it. */
    public interface Listener {
        /** The folders are compared with the index; so many files are to be read. */
        void compared(int toRead);

        /** So many more files are dealt with. */
        void advanced(int files);

        /** A file or folder is left out; the message names it and tells why. */
        void leftOut(String message);
    }

    private record Content(IndexedImage image, RgbImage crop) {}

    private FolderUpdate(ImageIndexWriter writer, ImageIndex before, Supplier<Clip> model, ImageDecoder decoder,
            Listener listener) {
        this.decoder = decoder;
        this.writer = writer;
        this.before = before;
        this.model = model;
        this.listener = listener;
    }

    /**
     * Updates an index and commits, now and then and at the end.
     *
     * @param model called for the first image that has to be embedded, and again for each, from several threads; must
     *        give the same model, that of the writer, each time
     * @param decoder with the limits, and which way up images are
     * @param threads to read and decode files with
     * @param folders tars may be among them
     * @throws IndexException if one of the folders is none, or the index is damaged or cannot be written
     */
    public static Changes run(ImageIndexWriter writer, List<Path> folders, Supplier<Clip> model, ImageDecoder decoder,
            int threads, Listener listener) {
        ImageFiles found = ImageFiles.below(folders);
        try (ImageIndex before = ImageIndex.open(writer.folder())) {
            return new FolderUpdate(writer, before, model, decoder, listener).run(found, threads);
        }
    }

    private Changes run(ImageFiles found, int threads) {
        for (IndexedImage image : before.images()) {
            known.put(image.path(), image);
            if (!image.sha256().isEmpty()) {
                byContent.put(image.sha256(), image);
            }
        }
        found.faults().forEach(this::leaveOut);
        List<ImageFile> toRead = found.files().values().stream()
                .filter(file -> !(known.containsKey(file.path()) && file.isSame(known.get(file.path())))).toList();
        listener.compared(toRead.size());
        try (Ahead<ImageFile, Content> ahead = new Ahead<>(toRead.iterator(), this::read, threads, BATCH)) {
            for (ImageFile file : toRead) {
                take(file, ahead);
                commitNowAndThen();
            }
            embed();
        }
        List<String> gone = known.keySet().stream().filter(found::isGone).toList();
        gone.forEach(this::remove);
        commit();
        return new Changes(added, changed, reused, gone.size(), found.files().size() - toRead.size(), broken);
    }

    /** Reads a file, in a thread of {@link Ahead}; decodes it if its content is new. */
    private Content read(ImageFile file) {
        byte[] content = file.content().read();
        String hash = Sha256.hex(Sha256.digest().digest(content));
        IndexedImage twin = byContent.get(hash);
        if (twin != null) {
            return new Content(new IndexedImage(file.path(), file.size(), file.modified(), hash, twin.width(),
                    twin.height()), null);
        }
        RgbImage image = decoder.decode(content, file.path());
        return new Content(new IndexedImage(file.path(), file.size(), file.modified(), hash, image.width(),
                image.height()), model.get().preprocessor().crop(image));
    }

    private void take(ImageFile file, Ahead<ImageFile, Content> ahead) {
        try {
            Content content = ahead.next();
            if (content.crop() == null) {
                IndexedImage twin = byContent.get(content.image().sha256());
                put(content.image(), before.embedding(twin.path()).orElseThrow());
                reused++;
                listener.advanced(1);
                return;
            }
            waiting.add(content);
            if (waiting.size() == BATCH) {
                embed();
            }
        } catch (ImageException e) {
            leaveOut(e.getMessage());
            if (known.containsKey(file.path())) {
                remove(file.path());
            }
            listener.advanced(1);
        }
    }

    private void embed() {
        if (waiting.isEmpty()) {
            return;
        }
        List<float[]> embeddings = model.get().embedCrops(waiting.stream().map(Content::crop).toList());
        for (int i = 0; i < waiting.size(); i++) {
            IndexedImage image = waiting.get(i).image();
            put(image, embeddings.get(i));
            if (known.containsKey(image.path())) {
                changed++;
            } else {
                added++;
            }
        }
        listener.advanced(waiting.size());
        waiting.clear();
    }

    private void put(IndexedImage image, float[] embedding) {
        writer.put(image, embedding);
        uncommitted++;
    }

    private void remove(String path) {
        writer.remove(path);
        uncommitted++;
    }

    private void leaveOut(String message) {
        broken++;
        listener.leftOut(message);
    }

    private void commitNowAndThen() {
        if (uncommitted >= COMMIT_IMAGES || System.nanoTime() - lastCommit > COMMIT_TIME.toNanos()) {
            commit();
        }
    }

    private void commit() {
        if (uncommitted > 0) {
            writer.commit();
        }
        uncommitted = 0;
        lastCommit = System.nanoTime();
    }
}
