package io.github.clip4j.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * CLIP's tokenizer: text to token ids and back. Text is normalised as the {@link Variant} says, split into words, and
 * each word is byte-pair encoded. Immutable, safe to share between threads; time is O(n log n) in the length of the
 * text.
 *
 * <p>Any text can be encoded. {@code <|startoftext|>} and {@code <|endoftext|>} inside it become the special tokens, as
 * in both originals; a surrogate without its other half counts as U+FFFD.
 */
public final class ClipTokenizer {
    /** The number of tokens of CLIP as published. */
    static final int CLIP_SIZE = 49_408;

    private final Vocabulary vocabulary;
    private final BytePairEncoder encoder;
    private final Variant variant;

    private ClipTokenizer(Vocabulary vocabulary, Variant variant) {
        this.vocabulary = vocabulary;
        this.encoder = new BytePairEncoder(vocabulary);
        this.variant = Objects.requireNonNull(variant, "variant");
    }

    /** The tokenizer of CLIP as published, with its vocabulary of 49,408 tokens, which this module carries. */
    public static ClipTokenizer clip(Variant variant) {
        return new ClipTokenizer(VocabularyFiles.clip(), variant);
    }

    /**
     * Reads the vocabulary of a model.
     *
     * @param folderOrFile a folder with {@code tokenizer.json}, else {@code vocab.json} and {@code merges.txt}, else
     *     {@code bpe_simple_vocab*.txt.gz}; or one of these files
     * @throws TokenizerException if there is none, it cannot be read, or it is not a byte-pair encoding as CLIP's
     */
    public static ClipTokenizer open(Path folderOrFile, Variant variant) {
        return new ClipTokenizer(VocabularyFiles.read(folderOrFile), variant);
    }

    /**
     * Writes {@code vocab.json} and {@code merges.txt} of a vocabulary that is a part of CLIP's: all bytes, CLIP's first
     * merges, start and end of text. For new models that do with fewer tokens.
     *
     * @param size number of tokens, {@value VocabularyFiles#BYTES_AND_SPECIALS} to {@value #CLIP_SIZE}
     * @throws IllegalArgumentException if the size is out of these bounds
     */
    public static void writeClip(Path folder, int size) throws IOException {
        if (size < VocabularyFiles.BYTES_AND_SPECIALS || size > CLIP_SIZE) {
            throw new IllegalArgumentException("a vocabulary of %d tokens, expected %d to %d".formatted(size,
                    VocabularyFiles.BYTES_AND_SPECIALS, CLIP_SIZE));
        }
        VocabularyFiles.writeClip(folder, size);
    }

    /** Whether a folder holds a file from which {@link #open} would read. */
    public static boolean isIn(Path folder) {
        return VocabularyFiles.areIn(folder);
    }

    /** The ids of a text between the start and end ids, of any length. */
    public int[] encode(String text) {
        String valid = TextNormalizer.replaceLoneSurrogates(text);
        IntStream.Builder ids = IntStream.builder();
        ids.add(startId());
        switch (variant) {
            case TRANSFORMERS -> encodeAsTransformers(valid, ids);
            case OPENAI -> encodeAsOpenai(valid, ids);
        }
        return ids.add(endId()).build().toArray();
    }

    /**
     * The ids of a text as in {@link #encode(String)}, at most {@code contextLength} of them: where they are more, the
     * last ones before the end id are dropped.
     *
     * @throws IllegalArgumentException if the context length has no room for the start and end ids
     */
    public int[] encode(String text, int contextLength) {
        if (contextLength < 2) {
            throw new IllegalArgumentException("context length " + contextLength
                    + " is less than 2, the start and end of text");
        }
        int[] ids = encode(text);
        if (ids.length <= contextLength) {
            return ids;
        }
        int[] truncated = Arrays.copyOf(ids, contextLength);
        truncated[contextLength - 1] = endId();
        return truncated;
    }

    /** {@link #encode(String, int)} of each text, in order, not padded. */
    public List<int[]> encodeAll(List<String> texts, int contextLength) {
        return texts.stream().map(text -> encode(text, contextLength)).toList();
    }

    /**
     * The text of ids without the start and end of text: lower case, one space after each word, none at the ends. Bytes
     * that are not UTF-8 become U+FFFD.
     *
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    public String decode(int... ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            String token = vocabulary.token(id);
            if (id != startId() && id != endId()) {
                ByteSymbols.appendBytes(token, bytes);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(Vocabulary.END_OF_WORD, " ").strip();
    }

    /**
     * A token as the vocabulary spells it: printable symbols for the bytes of UTF-8, {@code </w>} at the end of a word.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    public String token(int id) {
        return vocabulary.token(id);
    }

    /** The id of {@code <|startoftext|>}. */
    public int startId() {
        return vocabulary.startId();
    }

    /** The id of {@code <|endoftext|>}. */
    public int endId() {
        return vocabulary.endId();
    }

    /** The number of tokens; ids are 0 to size - 1. */
    public int size() {
        return vocabulary.size();
    }

    /** Special tokens are cut out of the text as it was given; what is between them is normalised and split. */
    private void encodeAsTransformers(String text, IntStream.Builder ids) {
        int from = 0;
        for (int at = text.indexOf("<|"); at >= 0; at = text.indexOf("<|", at + 1)) {
            for (int id : new int[]{startId(), endId()}) {
                if (text.startsWith(token(id), at)) {
                    encodeOrdinary(text.substring(from, at), ids);
                    ids.add(id);
                    from = at + token(id).length();
                }
            }
        }
        encodeOrdinary(text.substring(from), ids);
    }

    private void encodeOrdinary(String text, IntStream.Builder ids) {
        for (String word : WordSplitter.split(TextNormalizer.transformers(text), false)) {
            if (word.equals(token(startId())) || word.equals(token(endId()))) {
                // special only now, in lower case: the second, byte-level split takes it apart
                encoder.encode("<|", ids);
                encoder.encode(word.substring(2, word.length() - 2), ids);
                encoder.encode("|>", ids);
            } else {
                encoder.encode(word, ids);
            }
        }
    }

    /** Special tokens are words of the normalised text. */
    private void encodeAsOpenai(String text, IntStream.Builder ids) {
        for (String word : WordSplitter.split(TextNormalizer.openai(text), true)) {
            if (word.equals(token(startId()))) {
                ids.add(startId());
            } else if (word.equals(token(endId()))) {
                ids.add(endId());
            } else {
                encoder.encode(word, ids);
            }
        }
    }
}
