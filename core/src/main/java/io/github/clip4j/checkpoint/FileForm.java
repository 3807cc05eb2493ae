package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.torch.TorchFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The forms that files of weights are published in. */
enum FileForm {
    SAFETENSORS("safetensors"), TORCH("torch"), TORCH_LEGACY("torch, as before 1.6"), TORCH_SCRIPT("TorchScript"),
    FLAX("flax msgpack");

    private static final int PICKLE = 0x80;
    private static final int BEGIN = 64;

    private final String title;

    FileForm(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }

    /**
     * What a file is: what its name says it is, {@code .safetensors} or {@code .msgpack}, else what it begins with.
     *
     * @throws CheckpointException if it is none of these
     */
    static FileForm of(MemorySegment file, String source) {
        String begin = new String(file.asSlice(0, Math.min(BEGIN, file.byteSize())).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.ISO_8859_1);
        checkNoText(begin, source);
        if (source.endsWith(".safetensors")) {
            return SAFETENSORS;
        }
        if (source.endsWith(".msgpack")) {
            return FLAX;
        }
        if (TorchFile.isZip(file)) {
            return TorchFile.isScript(file, source) ? TORCH_SCRIPT : TORCH;
        }
        if (begin.charAt(0) == PICKLE) {
            return TORCH_LEGACY;
        }
        if (begin.length() > Long.BYTES && begin.charAt(Long.BYTES) == '{') {
            return SAFETENSORS;
        }
        if (isMapByName(begin)) {
            return FLAX;
        }
        throw new CheckpointException(source + ": expected weights as safetensors, torch or flax msgpack, found a file "
                + "that begins with the bytes " + hex(begin));
    }

    /** Whether it is msgpack that begins with a map whose first key is a text. */
    private static boolean isMapByName(String begin) {
        int first = begin.charAt(0);
        int key = first > 0x80 && first < 0x90 ? 1 : first == 0xde ? 3 : first == 0xdf ? 5 : begin.length();
        return key < begin.length() && (begin.charAt(key) >> 5 == 0b101 || begin.charAt(key) >= 0xd9
                && begin.charAt(key) <= 0xdb);
    }

    /** What is saved in place of weights when a download goes wrong. */
    private static void checkNoText(String begin, String source) {
        String text = begin.stripLeading().toLowerCase(Locale.ROOT);
        String found = null;
        if (begin.isEmpty()) {
            found = "an empty file";
        } else if (begin.startsWith("version https://git-lfs")) {
            found = "a Git LFS pointer in place of the file; fetch it with \"git lfs pull\"";
        } else if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
            found = "a web page in place of the file; download it again";
        }
        if (found != null) {
            throw new CheckpointException(source + ": expected a file of weights, found " + found);
        }
    }

    private static String hex(String begin) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(8, begin.length()); i++) {
            hex.append(i == 0 ? "" : " ").append("%02x".formatted((int) begin.charAt(i)));
        }
        return hex.toString();
    }
}
