package io.github.clip4j.webdataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the images of tars by the paths that an index gives them: a member below its tar, as if that were a folder. The
 * members of the last tar are remembered, for who asks for one of them mostly asks for more. Safe to share between
 * threads.
 */
public final class TarImages {
    /** A file system's clock may stand still for so long, and a tar be written again meanwhile. */
    private static final Duration CLOCK = Duration.ofSeconds(2);

    private Listing last;

    /**
     * The members of a tar as it was.
     *
     * @param samples by their image's member, without captions and metadata
     * @param certain whether a tar of this size and time is the one that was listed
     */
    private record Listing(Path tar, long size, FileTime modified, boolean certain, Map<String, Sample> samples) {
        boolean isOf(Path file, BasicFileAttributes attributes) {
            return certain && tar.equals(file) && size == attributes.size()
                    && modified.equals(attributes.lastModifiedTime());
        }
    }

    /** Remembers nothing yet. */
    public TarImages() {}

    /** The sample whose image is at a path, without caption and metadata; nothing if there is none, or no such tar. */
    public Optional<Sample> find(Path image) {
        for (Path tar = image.getParent(); tar != null; tar = tar.getParent()) {
            if (Shards.isTar(tar.toString()) && Files.isRegularFile(tar)) {
                String member = image.toString().substring(tar.toString().length() + 1);
                return Optional.ofNullable(samples(tar).get(member));
            }
        }
        return Optional.empty();
    }

    private synchronized Map<String, Sample> samples(Path tar) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(tar, BasicFileAttributes.class);
            if (last == null || !last.isOf(tar, attributes)) {
                FileTime modified = attributes.lastModifiedTime();
                boolean certain = modified.toInstant().isBefore(Instant.now().minus(CLOCK));
                last = new Listing(tar, attributes.size(), modified, certain, list(tar));
            }
            return last.samples();
        } catch (IOException _) {
            return Map.of(); // gone meanwhile
        }
    }

    private static Map<String, Sample> list(Path tar) {
        Map<String, Sample> listed = new HashMap<>();
        try (TarSamples samples = TarSamples.list(tar)) {
            for (Sample sample = samples.next(); sample != null; sample = samples.next()) {
                listed.putIfAbsent(sample.member(),
                        new Sample(sample.key(), sample.member(), sample.size(), sample.image(), null, null));
            }
        } catch (WebDatasetException _) {
            // what stands before the damage is there
        }
        return listed;
    }
}
