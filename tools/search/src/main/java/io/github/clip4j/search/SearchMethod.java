package io.github.clip4j.search;

/** How an index is searched. */
public enum SearchMethod {
    /** Exact where that answers at once, approximate in a larger index. */
    AUTOMATIC,
    /** Every vector is compared. */
    EXACT,
    /** Through the graph of nearest neighbours (HNSW), which misses a few. */
    APPROXIMATE
}
