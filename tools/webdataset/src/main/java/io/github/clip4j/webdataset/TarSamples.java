package io.github.clip4j.webdataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The samples of a tar that have an image, in order. It is read from beginning to end, one sample in memory at a time.
 * Where it is damaged the samples before are given, then a {@link WebDatasetException}, and no more. Nothing is
 * unpacked, so names that lead elsewhere lead nowhere. To be used from one thread.
 */
public final class TarSamples implements AutoCloseable {
    /** As Python's webdataset splits names: the extension is all that follows the first dot of the last part. */
    private static final Pattern NAME = Pattern.compile("(?s)((?:.*/)?[^./][^./]*)\\.([^/]*)");
    private static final Set<String> IMAGES = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff");
    /** The longest caption and the longest metadata in bytes. */
    private static final int MAX_TEXT = 1 << 20;

    private final String name;
    /** Null if contents are read as they come. */
    private final Path file;
    private final long fileSize;
    private final long maxBytes;
    private final TrailingZeros content;
    private final TarArchiveInputStream tar;
    /** The first member of the sample after the one that was given; null before the first. */
    private Member next;
    private WebDatasetException damage;
    private boolean ended;

    /** Where a member stands that has a key. */
    private record Member(TarArchiveEntry entry, String key, String extension) {}

    private TarSamples(InputStream content, String name, Path file, long fileSize, long maxBytes) {
        this.name = name;
        this.file = file;
        this.fileSize = fileSize;
        this.maxBytes = maxBytes;
        this.content = new TrailingZeros(content);
        this.tar = new TarArchiveInputStream(this.content, UTF_8.name());
    }

    /**
     * The samples of a tar that comes as a stream; their images are in memory.
     *
     * @param name of the tar, for messages
     * @param maxBytes of an image; one that is larger is an {@link ImageException} when it is read
     */
    public static TarSamples stream(InputStream tar, String name, long maxBytes) {
        return new TarSamples(new BufferedInputStream(tar, 1 << 16), name, null, 0, maxBytes);
    }

    /**
     * The samples of a tar on this machine. Its images are passed over, and each is read from its place in the file
     * when it is asked for, from any thread, also after this is closed.
     *
     * @throws WebDatasetException if there is no such file
     */
    public static TarSamples list(Path tar) {
        if (!Files.isRegularFile(tar)) {
            throw new WebDatasetException(tar + (Files.exists(tar) ? ": is not a file" : ": there is no such file"));
        }
        try {
            long size = Files.size(tar);
            return new TarSamples(Files.newInputStream(tar), tar.toString(), tar, size, ImageDecoder.DEFAULT_MAX_BYTES);
        } catch (IOException e) {
            throw new WebDatasetException(tar + ": cannot be read: " + e, e);
        }
    }

    /**
     * The next sample that has an image; null after the last one.
     *
     * @throws WebDatasetException where the tar is damaged, once
     */
    public Sample next() {
        while (!ended) {
            Sample sample = gather();
            if (sample.image() != null) {
                return sample;
            }
        }
        WebDatasetException thrown = damage;
        damage = null;
        if (thrown != null) {
            throw thrown;
        }
        return null;
    }

    /** The members up to the first one with another key. */
    private Sample gather() {
        Sample sample = new Sample(null, null, 0, null, null, null);
        try {
            while (next != null || advance()) {
                if (sample.key() != null && !next.key().equals(sample.key())) {
                    return sample;
                }
                sample = with(sample, next);
                next = null;
            }
        } catch (IOException | IllegalArgumentException e) {
            damage = new WebDatasetException(
                    "%s: is damaged, at byte %d at the latest: %s; the samples after it are left out"
                            .formatted(name, tar.getBytesRead(), reason(e)),
                    e);
        }
        ended = true;
        return sample;
    }

    /** Goes on to the next file that has a key. */
    private boolean advance() throws IOException {
        TarArchiveEntry entry;
        while ((entry = tar.getNextEntry()) != null) {
            Matcher parts = NAME.matcher(entry.getName());
            if (isPlain(entry) && parts.matches() && entry.getName().indexOf('\0') < 0) {
                next = new Member(entry, parts.group(1), parts.group(2).toLowerCase(Locale.ROOT));
                return true;
            }
        }
        if (tar.getBytesRead() == 0) {
            throw new EOFException("it is empty");
        }
        if (!content.endedWithMark()) {
            throw new EOFException("it ends without the mark of an archive's end, as if it were cut off");
        }
        return false;
    }

    /** Neither folder, link, device nor a file with holes. */
    private static boolean isPlain(TarArchiveEntry entry) {
        return entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
    }

    private Sample with(Sample sample, Member member) throws IOException {
        String caption = sample.caption();
        String metadata = sample.metadata();
        switch (member.extension()) {
            case "txt" -> caption = text(member);
            case "json" -> metadata = text(member);
            default -> {
                if (sample.image() == null && IMAGES.contains(member.extension())) {
                    return new Sample(member.key(), member.entry().getName(), member.entry().getSize(), image(member),
                            caption, metadata);
                }
            }
        }
        return new Sample(member.key(), sample.member(), sample.size(), sample.image(), caption, metadata);
    }

    private ImageContent image(Member member) throws IOException {
        String image = name + "/" + member.entry().getName();
        long size = member.entry().getSize();
        if (size > maxBytes) {
            return () -> {
                throw new ImageException(
                        "%s: has %d bytes, more than the limit of %d".formatted(image, size, maxBytes));
            };
        }
        if (file == null) {
            byte[] bytes = read(size);
            return () -> bytes;
        }
        long offset = tar.getBytesRead();
        if (offset + size > fileSize) {
            throw new EOFException("it ends within " + member.entry().getName());
        }
        return () -> read(file, offset, (int) size, image);
    }

    private String text(Member member) throws IOException {
        long size = member.entry().getSize();
        return size > MAX_TEXT ? null : new String(read(size), UTF_8);
    }

    /** The content of the member at which the tar stands. */
    private byte[] read(long size) throws IOException {
        byte[] bytes = tar.readNBytes((int) size); // allocates as it reads, so a size that lies costs nothing
        if (bytes.length < size) {
            throw new EOFException("it ends within a member");
        }
        return bytes;
    }

    private static byte[] read(Path tar, long offset, int size, String image) {
        try (FileChannel channel = FileChannel.open(tar)) {
            ByteBuffer bytes = ByteBuffer.allocate(size);
            while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
                // until it is full
            }
            if (bytes.hasRemaining()) {
                throw new ImageException(image + ": the tar has become shorter than when it was listed");
            }
            return bytes.array();
        } catch (IOException e) {
            throw new ImageException(image + ": cannot be read: " + e, e);
        }
    }

    /** Commons Compress says little of what is wrong, and less of where. */
    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().replaceAll("\\s+", " ");
    }

    @Override
    public void close() {
        try {
            tar.close();
        } catch (IOException e) {
            throw new WebDatasetException(name + ": cannot be closed: " + e, e);
        }
    }
}
