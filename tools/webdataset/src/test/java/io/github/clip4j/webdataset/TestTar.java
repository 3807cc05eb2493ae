package io.github.clip4j.webdataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar in memory. */
final class TestTar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar;

    /** @param longNames one of the modes of {@link TarArchiveOutputStream} */
    TestTar(int longNames) {
        tar = new TarArchiveOutputStream(bytes, UTF_8.name());
        tar.setLongFileMode(longNames);
        tar.setAddPaxHeadersForNonAsciiNames(longNames == TarArchiveOutputStream.LONGFILE_POSIX);
    }

    TestTar() {
        this(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    TestTar file(String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return this;
    }

    TestTar file(String name, String content) throws IOException {
        return file(name, content.getBytes(UTF_8));
    }

    TestTar folder(String name) throws IOException {
        return entry(new TarArchiveEntry(name + "/"));
    }

    TestTar link(String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        return entry(entry);
    }

    private TestTar entry(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
        return this;
    }

    byte[] bytes() throws IOException {
        tar.close();
        return bytes.toByteArray();
    }
}
