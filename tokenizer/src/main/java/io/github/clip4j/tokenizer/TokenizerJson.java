package io.github.clip4j.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code tokenizer.json}, Hugging Face's single file, and the ids of {@code vocab.json}. */
final class TokenizerJson {
    private static final String ABSENT = "nothing";

    /** What makes a file CLIP's tokenizer and no other: a field and the JSON it may hold. */
    private record Requirement(String pointer, List<String> accepted) {
        Requirement(String pointer, String... accepted) {
            this(pointer, List.of(accepted));
        }
    }

    private static final List<Requirement> REQUIREMENTS = List.of( //
            new Requirement("/model/type", "\"BPE\"", ABSENT), //
            new Requirement("/model/end_of_word_suffix", "\"</w>\""),
            new Requirement("/model/continuing_subword_prefix", "\"\"", "null", ABSENT),
            new Requirement("/model/dropout", "null", ABSENT), //
            new Requirement("/model/byte_fallback", "false", ABSENT),
            new Requirement("/model/ignore_merges", "false", ABSENT),
            new Requirement("/normalizer/normalizers/0/type", "\"NFC\""),
            new Requirement("/normalizer/normalizers/1/pattern/Regex", "\"\\\\s+\""),
            new Requirement("/normalizer/normalizers/1/content", "\" \""),
            new Requirement("/normalizer/normalizers/2/type", "\"Lowercase\""),
            new Requirement("/normalizer/normalizers/3", ABSENT),
            // older files leave the special tokens out of the expression, which the newer one finds first
            new Requirement("/pre_tokenizer/pretokenizers/0/pattern/Regex",
                    "\"<\\\\|startoftext\\\\|>|<\\\\|endoftext\\\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+\"",
                    "\"'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+\""),
            new Requirement("/pre_tokenizer/pretokenizers/0/behavior", "\"Removed\""),
            new Requirement("/pre_tokenizer/pretokenizers/0/invert", "true"),
            new Requirement("/pre_tokenizer/pretokenizers/1/type", "\"ByteLevel\""),
            new Requirement("/pre_tokenizer/pretokenizers/1/add_prefix_space", "false"),
            new Requirement("/pre_tokenizer/pretokenizers/2", ABSENT),
            new Requirement("/post_processor/type", "\"RobertaProcessing\""),
            new Requirement("/post_processor/cls/0", '"' + Vocabulary.START_OF_TEXT + '"'),
            new Requirement("/post_processor/sep/0", '"' + Vocabulary.END_OF_TEXT + '"'));

    private TokenizerJson() {}

    static Vocabulary read(byte[] json, String source) {
        JsonNode root = parse(json, source);
        for (Requirement requirement : REQUIREMENTS) {
            JsonNode node = root.at(requirement.pointer);
            String found = node.isMissingNode() ? ABSENT : abbreviate(node.toString());
            if (!requirement.accepted.contains(found)) {
                throw new TokenizerException("%s: not CLIP's tokenizer: %s is %s, expected %s".formatted(source,
                        requirement.pointer, found, String.join(" or ", requirement.accepted)));
            }
        }
        Map<String, Integer> ids = ids(root.at("/model/vocab"), source);
        for (JsonNode added : root.path("added_tokens")) {
            String token = added.path("content").asText();
            Integer inVocabulary = ids.putIfAbsent(token, id(added.path("id"), token, source));
            boolean special = token.equals(Vocabulary.START_OF_TEXT) || token.equals(Vocabulary.END_OF_TEXT);
            if (!special) {
                throw new TokenizerException(source + ": added token " + abbreviate(added.path("content").toString())
                        + " is not supported, expected only the start and the end of text");
            }
            if (inVocabulary != null && inVocabulary != added.path("id").asInt()) {
                throw new TokenizerException("%s: \"%s\" has id %d in the vocabulary and %s among the added tokens"
                        .formatted(source, token, inVocabulary, added.path("id")));
            }
        }
        return new Vocabulary(ids, merges(root.at("/model/merges"), source), source);
    }

    /** The content of {@code vocab.json}: an object from token to id. */
    static Map<String, Integer> readIds(byte[] json, String source) {
        return ids(parse(json, source), source);
    }

    private static JsonNode parse(byte[] json, String source) {
        JsonMapper mapper = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw new TokenizerException(source + ": malformed JSON at byte " + offset + ": "
                    + abbreviate(e.getOriginalMessage().replaceFirst("(?s)(: enable `| \\(not recognized).*", "")), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Integer> ids(JsonNode vocabulary, String source) {
        if (!vocabulary.isObject()) {
            throw new TokenizerException(source + ": the vocabulary is not an object from token to id");
        }
        Map<String, Integer> ids = HashMap.newHashMap(vocabulary.size());
        vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), id(entry.getValue(), entry.getKey(), source)));
        return ids;
    }

    private static int id(JsonNode id, String token, String source) {
        if (!id.isInt()) {
            throw new TokenizerException(source + ": the id of token \"" + abbreviate(token) + "\" is "
                    + abbreviate(id.toString()) + ", expected an integer");
        }
        return id.intValue();
    }

    /** Merges as older files write them, {@code "a b"}, or newer ones, {@code ["a", "b"]}. */
    private static List<String> merges(JsonNode merges, String source) {
        if (!merges.isArray()) {
            throw new TokenizerException(source + ": /model/merges is not an array");
        }
        List<String> pairs = new ArrayList<>(merges.size());
        for (JsonNode merge : merges) {
            pairs.add(merge.isArray() && merge.size() == 2
                    ? merge.get(0).asText() + ' ' + merge.get(1).asText()
                    : merge.asText());
        }
        return pairs;
    }

    private static String abbreviate(String found) {
        return found.length() <= 200 ? found : found.substring(0, 200) + "...";
    }
}
