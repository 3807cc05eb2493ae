package io.github.clip4j.tokenizer;

/** How text is normalised before it is split into words; the two published tokenizers of CLIP differ in it. */
public enum Variant {
    /** Hugging Face's {@code CLIPTokenizer}: NFC, white space runs to one space, lower case. */
    TRANSFORMERS,
    /**
     * {@code SimpleTokenizer} of openai/CLIP: ftfy, HTML entities unescaped twice, white space, lower case. Of ftfy's
     * repair of mojibake, only lines of UTF-8 read as Latin-1 or windows-1252 are covered.
     */
    OPENAI
}
