package io.github.clip4j.search;

/**
 * What to look for.
 *
 * @param vector a unit vector of the index's model
 * @param top how many images to find at the most
 * @param minScore the lowest cosine
 * @param glob which paths, as {@link java.nio.file.FileSystem#getPathMatcher} has it; a pattern without a slash is for
 *        the file's name; null for all
 */
public record SearchQuery(float[] vector, int top, double minScore, String glob, SearchMethod method) {
    /** @throws IllegalArgumentException if {@code top} is not positive or {@code minScore} no number */
    public SearchQuery {
        if (top < 1) {
            throw new IllegalArgumentException("top is " + top + ", expected 1 or more");
        }
        if (Double.isNaN(minScore)) {
            throw new IllegalArgumentException("the lowest score is not a number");
        }
    }

    /** The nearest of all images. */
    public static SearchQuery of(float[] vector, int top) {
        return new SearchQuery(vector, top, -1, null, SearchMethod.AUTOMATIC);
    }

    SearchQuery withMethod(SearchMethod other) {
        return new SearchQuery(vector, top, minScore, glob, other);
    }
}
