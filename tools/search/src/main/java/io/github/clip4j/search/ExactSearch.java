package io.github.clip4j.search;

import io.github.clip4j.kernels.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.IndexReader.CacheHelper;
import org.apache.lucene.index.IndexReader.CacheKey;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;

/** Compares a query with every vector, on vectors that stay in memory as long as their segment is part of the index. */
final class ExactSearch implements AutoCloseable {
    private final Map<CacheKey, VectorBlocks> segments = new ConcurrentHashMap<>();
    private Kernels kernels;

    /** A document of the whole index. */
    record Scored(int document, float score) {
        /** The best first, equal ones in the order of their documents. */
        static final Comparator<Scored> BEST_FIRST = Comparator.comparingDouble(Scored::score).reversed()
                .thenComparingInt(Scored::document);
    }

    /**
     * The nearest documents, in no order.
     *
     * @param filter which documents, or null for all
     */
    PriorityQueue<Scored> search(IndexSearcher searcher, SearchQuery query, Query filter) throws IOException {
        Weight matching = searcher.createWeight(searcher.rewrite(filter == null ? MatchAllDocsQuery.INSTANCE : filter),
                ScoreMode.COMPLETE_NO_SCORES, 1);
        PriorityQueue<Scored> worstFirst = new PriorityQueue<>(Scored.BEST_FIRST.reversed());
        for (LeafReaderContext leaf : searcher.getLeafContexts()) {
            Scorer scorer = matching.scorer(leaf);
            if (scorer == null) {
                continue;
            }
            float[] scores = blocks(leaf.reader()).scores(query.vector());
            Bits live = leaf.reader().getLiveDocs();
            DocIdSetIterator documents = scorer.iterator();
            for (int i = documents.nextDoc(); i != DocIdSetIterator.NO_MORE_DOCS; i = documents.nextDoc()) {
                boolean full = worstFirst.size() == query.top();
                // of equal ones the first stays
                if ((live == null || live.get(i)) && (!full || scores[i] > worstFirst.peek().score())) {
                    if (full) {
                        worstFirst.remove();
                    }
                    worstFirst.add(new Scored(leaf.docBase + i, scores[i]));
                }
            }
        }
        return worstFirst;
    }

    private VectorBlocks blocks(LeafReader leaf) {
        CacheHelper segment = leaf.getCoreCacheHelper();
        return segments.computeIfAbsent(segment.getKey(), _ -> {
            try {
                segment.addClosedListener(segments::remove);
                return new VectorBlocks(leaf, kernels());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Made when needed, for it warms up. */
    private synchronized Kernels kernels() {
        if (kernels == null) {
            kernels = Kernels.create(Runtime.getRuntime().availableProcessors());
        }
        return kernels;
    }

    @Override
    public synchronized void close() {
        if (kernels != null) {
            kernels.close();
        }
    }
}
