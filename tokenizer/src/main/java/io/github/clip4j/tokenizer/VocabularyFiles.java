package io.github.clip4j.tokenizer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads a {@link Vocabulary} from the forms in which CLIP's is published: {@code tokenizer.json};
 * {@code vocab.json} with {@code merges.txt}; OpenAI's merge list {@code bpe_simple_vocab*.txt.gz}.
 */
final class VocabularyFiles {
    /** CLIP's own {@code tokenizer.json} has up to 4 MB, by its layout. */
    static final int MAX_BYTES = 8 << 20;

    private static final String TOKENIZER = "tokenizer.json";
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String MERGE_LIST = "bpe_simple_vocab*.txt.gz";
    private static final String CLIP_MERGE_LIST = "bpe_simple_vocab_16e6.txt.gz";
    /** Tokens that no merge makes: the bytes inside and at the end of a word, start and end of text. */
    static final int BYTES_AND_SPECIALS = 2 * 256 + 2;
    /** Of the merge list's 262,144 lines CLIP takes so many that its vocabulary has 49,408 tokens. */
    private static final int CLIP_MERGES = ClipTokenizer.CLIP_SIZE - BYTES_AND_SPECIALS;
    /** Those lines have 525 kB, and what follows them need not be unpacked. */
    private static final int MERGE_LIST_BYTES = 1 << 20;

    private VocabularyFiles() {}

    /** CLIP's own vocabulary, which this module carries. */
    static Vocabulary clip() {
        try (InputStream in = VocabularyFiles.class.getResourceAsStream(CLIP_MERGE_LIST)) {
            return mergeList(in, CLIP_MERGE_LIST);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean areIn(Path folder) {
        return Files.isRegularFile(folder.resolve(TOKENIZER)) || Files.isRegularFile(folder.resolve(VOCABULARY))
                || mergeListIn(folder) != null;
    }

    static Vocabulary read(Path folderOrFile) {
        if (!Files.exists(folderOrFile)) {
            throw new TokenizerException(folderOrFile + ": no such file or folder, expected a tokenizer there");
        }
        return Files.isDirectory(folderOrFile) ? readFolder(folderOrFile) : readFile(folderOrFile);
    }

    private static Vocabulary readFolder(Path folder) {
        if (Files.exists(folder.resolve(TOKENIZER))) {
            return readFile(folder.resolve(TOKENIZER));
        }
        if (Files.exists(folder.resolve(VOCABULARY))) {
            return readFile(folder.resolve(VOCABULARY));
        }
        Path mergeList = mergeListIn(folder);
        if (mergeList == null) {
            throw new TokenizerException(folder + ": no tokenizer here, expected " + TOKENIZER + ", " + VOCABULARY
                    + " with " + MERGES + ", or " + MERGE_LIST);
        }
        return readFile(mergeList);
    }

    private static Vocabulary readFile(Path file) {
        String name = file.getFileName().toString();
        if (name.equals(VOCABULARY) || name.equals(MERGES)) {
            return vocabularyAndMerges(file.resolveSibling(VOCABULARY), file.resolveSibling(MERGES));
        }
        if (name.endsWith(".json")) {
            return TokenizerJson.read(content(file), file.toString());
        }
        if (name.endsWith(".txt.gz")) {
            try (InputStream in = new ByteArrayInputStream(content(file))) {
                return mergeList(in, file.toString());
            } catch (IOException e) {
                throw new TokenizerException(file + ": cannot be unpacked: " + e.getMessage(), e);
            }
        }
        throw new TokenizerException(file + ": not a tokenizer's file, expected " + TOKENIZER + ", " + VOCABULARY + ", "
                + MERGES + " or " + MERGE_LIST);
    }

    /** The first merge list by name, or null. */
    private static Path mergeListIn(Path folder) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, MERGE_LIST)) {
            TreeSet<Path> sorted = new TreeSet<>();
            found.forEach(sorted::add);
            return sorted.isEmpty() ? null : sorted.first();
        } catch (IOException e) {
            return null;
        }
    }

    private static Vocabulary vocabularyAndMerges(Path vocabulary, Path merges) {
        Map<String, Integer> ids = TokenizerJson.readIds(content(vocabulary), vocabulary.toString());
        List<String> lines = new String(content(merges), StandardCharsets.UTF_8).lines().toList();
        boolean hasHeader = !lines.isEmpty() && lines.getFirst().startsWith("#version");
        return new Vocabulary(ids, hasHeader ? lines.subList(1, lines.size()) : lines, merges.toString());
    }

    /** From a gzip of a header line and merges by rank. */
    private static Vocabulary mergeList(InputStream gzip, String source) throws IOException {
        List<String> merges = merges(gzip, CLIP_MERGES, source);
        return new Vocabulary(ids(merges), merges, source);
    }

    private static List<String> merges(InputStream gzip, int count, String source) throws IOException {
        byte[] content = new GZIPInputStream(gzip, 1 << 16).readNBytes(MERGE_LIST_BYTES);
        List<String> merges = new String(content, StandardCharsets.UTF_8).lines().skip(1).limit(count).toList();
        if (merges.size() < count) {
            throw new TokenizerException("%s: %d merges, expected at least %d; the file is cut off or not CLIP's"
                    .formatted(source, merges.size(), count));
        }
        return merges;
    }

    /** Ids in the order of CLIP's vocabulary. */
    private static Map<String, Integer> ids(List<String> merges) {
        Map<String, Integer> ids = LinkedHashMap.newLinkedHashMap(BYTES_AND_SPECIALS + merges.size());
        for (String endOfWord : List.of("", Vocabulary.END_OF_WORD)) {
            for (char symbol : ByteSymbols.IN_VOCABULARY_ORDER.toCharArray()) {
                ids.put(symbol + endOfWord, ids.size());
            }
        }
        // a merge that makes a token again adds none here; Vocabulary names it
        merges.forEach(merge -> ids.putIfAbsent(merge.replace(" ", ""), ids.size()));
        ids.putIfAbsent(Vocabulary.START_OF_TEXT, ids.size());
        ids.putIfAbsent(Vocabulary.END_OF_TEXT, ids.size());
        return ids;
    }

    /** Writes {@code vocab.json} and {@code merges.txt} of the first {@code size} tokens of CLIP's, specials included. */
    static void writeClip(Path folder, int size) throws IOException {
        List<String> merges;
        try (InputStream in = VocabularyFiles.class.getResourceAsStream(CLIP_MERGE_LIST)) {
            merges = merges(in, size - BYTES_AND_SPECIALS, CLIP_MERGE_LIST);
        }
        Files.write(folder.resolve(MERGES), Stream.concat(Stream.of("#version: 0.2"), merges.stream()).toList());
        new JsonMapper().writeValue(folder.resolve(VOCABULARY).toFile(), ids(merges));
    }

    private static byte[] content(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new TokenizerException(file + ": no such file, needed for the tokenizer");
        }
        try (InputStream in = Files.newInputStream(file)) {
            requireSize(Files.size(file), file.toString());
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            requireSize(content.length, file.toString());
            return content;
        } catch (IOException e) {
            throw new TokenizerException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireSize(long bytes, String source) {
        if (bytes > MAX_BYTES) {
            throw new TokenizerException(source + ": more than " + MAX_BYTES + " bytes, too large for a vocabulary");
        }
    }
}
