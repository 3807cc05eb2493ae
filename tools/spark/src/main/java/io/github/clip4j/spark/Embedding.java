package io.github.clip4j.spark;

/**
 * What became of an image or a text.
 *
 * @param vector of unit length; null if it has none
 * @param error why it has none; null if it has one, or there was nothing to embed
 */
record Embedding(float[] vector, String error) {
    static final Embedding OF_NOTHING = new Embedding(null, null);

    static Embedding failed(RuntimeException e) {
        return new Embedding(null, e.getMessage());
    }
}
