package io.github.clip4j.search;

/** Several texts and images as one query: {@code Σ wᵢ eᵢ / |Σ wᵢ eᵢ|} of embeddings e with weights w. */
public final class QueryVector {
    private double[] sum;

    /** A query without parts. */
    public QueryVector() {}

    /**
     * Adds an embedding.
     *
     * @param weight below 0 for what is not wanted
     * @return this
     */
    public QueryVector add(float[] embedding, double weight) {
        if (sum == null) {
            sum = new double[embedding.length];
        }
        if (embedding.length != sum.length) {
            throw new IllegalArgumentException(
                    "embeddings of " + sum.length + " and " + embedding.length + " dimensions");
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * embedding[i];
        }
        return this;
    }

    /**
     * The unit vector of what was added.
     *
     * @throws IllegalArgumentException if nothing was, or its parts cancel each other out
     */
    public float[] vector() {
        double squares = 0;
        for (int i = 0; sum != null && i < sum.length; i++) {
            squares += sum[i] * sum[i];
        }
        double norm = Math.sqrt(squares);
        if (!(norm > 1e-6 && norm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the parts of the query cancel each other out, or there is none");
        }
        float[] vector = new float[sum.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (sum[i] / norm);
        }
        return vector;
    }
}
