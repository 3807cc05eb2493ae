package io.github.clip4j.search;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;

/** The vectors of an index by document. Those of a segment are opened once, which takes longer than to read one. */
final class Vectors {
    private final List<LeafReaderContext> segments;
    private final FloatVectorValues[] opened;

    Vectors(IndexSearcher searcher) {
        this.segments = searcher.getLeafContexts();
        this.opened = new FloatVectorValues[segments.size()];
    }

    /** In an array that the next call may use again. */
    float[] get(int document) throws IOException {
        int i = ReaderUtil.subIndex(document, segments);
        LeafReaderContext segment = segments.get(i);
        if (opened[i] == null) {
            opened[i] = segment.reader().getFloatVectorValues(Fields.VECTOR);
        }
        return opened[i].vectorValue(document - segment.docBase);
    }
}
