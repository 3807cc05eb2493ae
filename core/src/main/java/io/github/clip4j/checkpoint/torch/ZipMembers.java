package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.raw.Quote;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The members of a zip archive where they lie in its file, which shall not be compressed. Sizes and places come from the
 * central directory at the end, as torch leaves them out in front of the members. Source: APPNOTE.TXT of PKWARE, 4.3,
 * and 4.5.3 for archives beyond 4 GB.
 */
final class ZipMembers {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int END_SIZE = 22;
    private static final int LOCATOR_SIZE = 20;
    private static final int MAX_COMMENT = 0xffff;
    private static final long IN_64 = 0xffff_ffffL;
    private static final int MAX_MEMBERS = 100_000;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** @param at where the member's own header is */
    private record Member(int flags, int method, long size, long stored, long at) {}

    private final MemorySegment file;
    private final String source;
    private final Map<String, Member> members = new HashMap<>();
    private String root;

    ZipMembers(MemorySegment file, String source) {
        this.file = file;
        this.source = source;
        try {
            readDirectory(end());
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw bad("its directory reaches beyond the file's " + file.byteSize() + " bytes", e);
        }
    }

    static boolean isZip(MemorySegment file) {
        return file.byteSize() >= Integer.BYTES && file.get(INT, 0) == LOCAL;
    }

    /** Where the record at the end of the archive is, before a comment of any length. */
    private long end() {
        long at = file.byteSize() - END_SIZE;
        while (at >= 0 && at >= file.byteSize() - END_SIZE - MAX_COMMENT) {
            if (file.get(INT, at) == END && u16(at + 20) == file.byteSize() - END_SIZE - at) {
                return at;
            }
            at--;
        }
        throw bad("a zip archive without its end: the file is cut short", null);
    }

    private void readDirectory(long end) {
        long count = u16(end + 10);
        long at = u32(end + 16);
        long locator = end - LOCATOR_SIZE;
        if (locator >= 0 && file.get(INT, locator) == LOCATOR_64) {
            long end64 = file.get(LONG, locator + 8);
            if (file.get(INT, end64) != END_64) {
                throw bad("no 64-bit end of the archive where byte " + locator + " says", null);
            }
            count = file.get(LONG, end64 + 32);
            at = file.get(LONG, end64 + 48);
        }
        if (count < 1 || count > MAX_MEMBERS) {
            throw bad("an archive of " + Long.toUnsignedString(count) + " members, expected 1 to " + MAX_MEMBERS, null);
        }
        for (long i = 0; i < count; i++) {
            if (file.get(INT, at) != CENTRAL) {
                throw bad("no member in the directory at byte " + at, null);
            }
            int nameLength = u16(at + 28);
            int extraLength = u16(at + 30);
            String name = text(at + 46, nameLength);
            if (members.put(name, member(at, at + 46 + nameLength, extraLength)) != null) {
                throw bad("the member " + Quote.of(name) + " is there twice", null);
            }
            checkRoot(name);
            at += 46 + nameLength + extraLength + u16(at + 32);
        }
    }

    /** All members are below one folder. */
    private void checkRoot(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || name.contains("\\") || ("/" + name + "/").matches("(?s).*/\\.{0,2}/.*")
                || root != null && !name.startsWith(root)) {
            throw bad("the member " + Quote.of(name) + ", expected all of them below one folder", null);
        }
        root = name.substring(0, slash + 1);
    }

    private Member member(long at, long extra, int extraLength) {
        long stored = u32(at + 20);
        long size = u32(at + 24);
        long local = u32(at + 42);
        if (stored == IN_64 || size == IN_64 || local == IN_64) {
            long field = extra;
            while (field + 4 <= extra + extraLength && u16(field) != 1) {
                field += 4 + u16(field + 2);
            }
            long value = field + 4; // those of the three that did not fit, in this order
            if (size == IN_64) {
                size = file.get(LONG, value);
                value += 8;
            }
            if (stored == IN_64) {
                stored = file.get(LONG, value);
                value += 8;
            }
            if (local == IN_64) {
                local = file.get(LONG, value);
            }
        }
        return new Member(u16(at + 8), u16(at + 10), size, stored, local);
    }

    boolean contains(String name) {
        return members.containsKey(root + name);
    }

    /**
     * The bytes of a member.
     *
     * @param name below the archive's folder
     * @throws CheckpointException if there is none, it is compressed, or reaches beyond the file
     */
    MemorySegment bytes(String name) {
        Member member = members.get(root + name);
        if (member == null) {
            throw bad("the archive has no member " + Quote.of(root + name), null);
        }
        if (member.method != 0 || (member.flags & 1) != 0 || member.size != member.stored) {
            throw bad("the member " + Quote.of(root + name) + " is compressed or encrypted, expected it stored as "
                    + "torch.save does", null);
        }
        try {
            if (file.get(INT, member.at) != LOCAL) {
                throw bad("no member " + Quote.of(root + name) + " at byte " + member.at, null);
            }
            long data = Math.addExact(member.at, 30 + u16(member.at + 26) + u16(member.at + 28));
            return file.asSlice(data, member.size);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw bad("the member " + Quote.of(root + name) + " of " + member.size + " bytes at byte " + member.at
                    + " reaches beyond the file's " + file.byteSize() + ": cut short or damaged", e);
        }
    }

    private int u16(long at) {
        return Short.toUnsignedInt(file.get(SHORT, at));
    }

    private long u32(long at) {
        return Integer.toUnsignedLong(file.get(INT, at));
    }

    private String text(long at, int length) {
        return new String(file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private CheckpointException bad(String problem, Exception cause) {
        return new CheckpointException(source + ": " + problem, cause);
    }
}
