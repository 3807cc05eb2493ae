package io.github.clip4j.tokenizer;

import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a byte-pair encoding by id, and its merges by rank.
 *
 * <p>CLIP's vocabulary holds exactly the 256 byte symbols, the same with {@code </w>} for the end of a word, one token
 * for each merge, and the start and end of text. Anything else is refused, since it would be tokenized wrongly.
 */
final class Vocabulary {
    static final String END_OF_WORD = "</w>";
    static final String START_OF_TEXT = "<|startoftext|>";
    static final String END_OF_TEXT = "<|endoftext|>";

    private final String[] tokens;
    private final int[] byteIds = new int[256];
    private final int[] lastByteIds = new int[256];
    private final MergeTable merges;
    private final int startId;
    private final int endId;

    /**
     * @param ids token to id
     * @param pairs the merges: pairs of tokens separated by one space, the first to be merged first
     * @param source the file's name, for messages
     */
    Vocabulary(Map<String, Integer> ids, List<String> pairs, String source) {
        tokens = byId(ids, source);
        BitSet unmade = new BitSet();
        unmade.set(0, tokens.length);
        for (int b = 0; b < 256; b++) {
            String symbol = String.valueOf(ByteSymbols.symbol((byte) b));
            byteIds[b] = require(ids, symbol, "a byte symbol", source);
            lastByteIds[b] = require(ids, symbol + END_OF_WORD, "a byte symbol", source);
            unmade.clear(byteIds[b]);
            unmade.clear(lastByteIds[b]);
        }
        startId = require(ids, START_OF_TEXT, "the start of text", source);
        endId = require(ids, END_OF_TEXT, "the end of text", source);
        unmade.clear(startId);
        unmade.clear(endId);

        merges = new MergeTable(pairs.size());
        for (String pair : pairs) {
            int made = addMerge(pair, ids, source);
            if (!unmade.get(made)) {
                throw new TokenizerException(source + ": merge \"" + pair + "\" makes a token that is there already");
            }
            unmade.clear(made);
        }
        if (!unmade.isEmpty()) {
            throw new TokenizerException(
                    "%s: no merge makes token %d \"%s\" (%d such tokens); the merges are incomplete"
                            .formatted(source, unmade.nextSetBit(0), tokens[unmade.nextSetBit(0)],
                                    unmade.cardinality()));
        }
    }

    private int addMerge(String pair, Map<String, Integer> ids, String source) {
        int space = pair.indexOf(' ');
        if (space <= 0 || space != pair.lastIndexOf(' ') || space == pair.length() - 1) {
            throw new TokenizerException(source + ": merge \"" + pair + "\" is not two tokens separated by one space");
        }
        String left = pair.substring(0, space);
        String right = pair.substring(space + 1);
        int merged = require(ids, left.concat(right), "a merge", source);
        merges.add(require(ids, left, "a merge", source), require(ids, right, "a merge", source), merged);
        return merged;
    }

    private static String[] byId(Map<String, Integer> ids, String source) {
        String[] tokens = new String[ids.size()];
        ids.forEach((token, id) -> {
            if (id < 0 || id >= tokens.length) {
                throw new TokenizerException("%s: token \"%s\" has id %d, expected 0 to %d, each once".formatted(source,
                        token, id, tokens.length - 1));
            }
            if (tokens[id] != null) {
                throw new TokenizerException("%s: tokens \"%s\" and \"%s\" have the same id %d".formatted(source,
                        tokens[id], token, id));
            }
            tokens[id] = token;
        });
        return tokens;
    }

    private static int require(Map<String, Integer> ids, String token, String use, String source) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new TokenizerException(source + ": no token \"" + token + "\" in the vocabulary, needed for " + use);
        }
        return id;
    }

    int size() {
        return tokens.length;
    }

    String token(int id) {
        if (id < 0 || id >= tokens.length) {
            throw new IllegalArgumentException("token id " + id + " is not in 0 to " + (tokens.length - 1));
        }
        return tokens[id];
    }

    int startId() {
        return startId;
    }

    int endId() {
        return endId;
    }

    /** The id of one byte's symbol, with {@code </w>} where it is the last of its word. */
    int byteId(byte b, boolean lastOfWord) {
        return (lastOfWord ? lastByteIds : byteIds)[b & 0xFF];
    }

    MergeTable merges() {
        return merges;
    }
}
