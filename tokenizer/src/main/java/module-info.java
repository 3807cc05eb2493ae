/** CLIP's byte-pair encoding: text to token ids and back. */
module io.github.clip4j.tokenizer {
    requires com.fasterxml.jackson.databind;

    exports io.github.clip4j.tokenizer;
}
