package io.github.clip4j.search;

import io.github.clip4j.Clip;
import io.github.clip4j.search.ExactSearch.Scored;
import io.github.clip4j.search.ImageFiles.ImageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;

/**
 * Images that are found by a vector: a folder with an index of Lucene, as {@link ImageIndexWriter} writes it. What is
 * read was checked against its checksum first. Safe to share between threads; a writer may be at work meanwhile, whose
 * commits are seen after {@link #refresh()}.
 */
public final class ImageIndex implements AutoCloseable {
    /** Elements of all vectors up to which they are all compared: 64 MiB, which take two processors 5 ms. */
    static final long EXACT_ELEMENTS = 1L << 24;
    /**
     * Documents that a search of the graph gathers at least. In a million vectors, in two segments that were written
     * whole, 98 % of the nearest ten are among them.
     */
    private static final int CANDIDATES = 300;

    private final Path folder;
    private final Directory directory;
    private final SearcherManager searchers;
    private final IndexHeader header;
    private final ExecutorService threads;
    private final ExactSearch exact = new ExactSearch();
    private volatile OfOneText ofOneText;

    private ImageIndex(Path folder, Directory directory, SearcherManager searchers, IndexHeader header,
            ExecutorService threads) {
        this.folder = folder;
        this.directory = directory;
        this.searchers = searchers;
        this.header = header;
        this.threads = threads;
    }

    /** What is done with the index as it is at one moment. */
    @FunctionalInterface
    private interface Work<T> {
        T on(IndexSearcher searcher) throws IOException;
    }

    /**
     * Opens an index and checks all of it.
     *
     * @throws IndexException if there is none, it is damaged, or it was written by something else
     */
    public static ImageIndex open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw missing(folder, null);
        }
        try {
            Directory directory = FSDirectory.open(folder);
            try {
                return open(folder, directory);
            } catch (Throwable e) {
                directory.close();
                throw e;
            }
        } catch (IndexNotFoundException e) {
            throw missing(folder, e);
        } catch (IOException | RuntimeException e) {
            throw failure(folder, e);
        }
    }

    private static ImageIndex open(Path folder, Directory directory) throws IOException {
        DirectoryReader reader = DirectoryReader.open(directory);
        IndexHeader header;
        try {
            header = IndexHeader.of(folder, reader.getIndexCommit().getUserData());
        } catch (Throwable e) {
            reader.close();
            throw e;
        }
        // the segments of an index are searched side by side; no thread is there before it has work
        ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().daemon().name("index-", 0).factory());
        // closes the reader where it fails
        SearcherManager searchers = new SearcherManager(reader, new CheckedSearchers(threads));
        return new ImageIndex(folder, directory, searchers, header, threads);
    }

    /** Checks the segments that the searcher before it did not have. */
    private static final class CheckedSearchers extends SearcherFactory {
        private final Executor threads;

        CheckedSearchers(Executor threads) {
            this.threads = threads;
        }

        @Override
        public IndexSearcher newSearcher(IndexReader reader, IndexReader previous) throws IOException {
            Set<Object> checked = new HashSet<>();
            if (previous != null) {
                previous.leaves().forEach(leaf -> checked.add(leaf.reader().getCoreCacheHelper().getKey()));
            }
            for (LeafReaderContext leaf : reader.leaves()) {
                if (!checked.contains(leaf.reader().getCoreCacheHelper().getKey())) {
                    ((CodecReader) leaf.reader()).checkIntegrity();
                }
            }
            return new IndexSearcher(reader, threads);
        }
    }

    /** @throws IndexException if the index was made with another model */
    public void requireModel(ModelId model) {
        header.requireModel(folder, model);
    }

    /** The model that made the vectors. */
    public ModelId model() {
        return header.model();
    }

    /** Length of a vector. */
    public int dimension() {
        return header.dimension();
    }

    /** The number of images. */
    public int size() {
        return on(searcher -> searcher.getIndexReader().numDocs());
    }

    /** Goes over to what has been committed since. */
    public void refresh() {
        try {
            searchers.maybeRefreshBlocking();
        } catch (IOException | RuntimeException e) {
            throw failure(folder, e);
        }
    }

    /** The image of an {@link IndexedImage#id()}. */
    public Optional<IndexedImage> byId(String id) {
        return find(Fields.id(id)).map(Entry::image);
    }

    /** The image at a path. */
    public Optional<IndexedImage> byPath(String path) {
        return find(Fields.path(path)).map(Entry::image);
    }

    /** The vector of the image at a path. */
    public Optional<float[]> embedding(String path) {
        return find(Fields.path(path)).map(Entry::embedding);
    }

    /** The vector of an image file, if it is in the index and has neither changed nor been touched since. */
    public Optional<float[]> embedding(Path file) {
        return ImageFile.of(file).flatMap(found -> find(Fields.path(found.path()))
                .filter(entry -> found.isSame(entry.image())).map(Entry::embedding));
    }

    private record Entry(IndexedImage image, float[] embedding) {}

    private Optional<Entry> find(Term term) {
        return on(searcher -> {
            ScoreDoc[] found = searcher.search(new TermQuery(term), 1).scoreDocs;
            return found.length == 0 ? Optional.empty() : Optional.of(entry(searcher, found[0].doc));
        });
    }

    private static Entry entry(IndexSearcher searcher, int document) throws IOException {
        return new Entry(Fields.image(searcher.storedFields(), document), new Vectors(searcher).get(document).clone());
    }

    /**
     * The nearest images, the best first; equal ones in the order of their paths.
     *
     * @throws IllegalArgumentException if the vector is of another length, or the glob none
     */
    public List<Hit> search(SearchQuery query) {
        if (query.vector().length != dimension()) {
            throw new IllegalArgumentException("a query of %d dimensions for an index of %d".formatted(
                    query.vector().length, dimension()));
        }
        Query filter = query.glob() == null ? null : PathGlob.query(query.glob());
        return on(searcher -> {
            Collection<Scored> nearest = isExact(searcher, query.method())
                    ? exact.search(searcher, query, filter)
                    : approximate(searcher, query, filter);
            List<Hit> hits = new ArrayList<>();
            StoredFields stored = searcher.storedFields();
            for (Scored scored : nearest.stream().sorted(Scored.BEST_FIRST).limit(query.top()).toList()) {
                if (scored.score() >= query.minScore()) {
                    hits.add(new Hit(Fields.image(stored, scored.document()), scored.score()));
                }
            }
            hits.sort(Comparator.comparing(Hit::score).reversed().thenComparing(hit -> hit.image().path()));
            return hits;
        });
    }

    /**
     * What scores say of images, for queries of texts.
     *
     * @param things the embeddings of {@link Relevance#THINGS}
     * @param weights of the query's texts
     */
    public Relevance relevance(List<float[]> things, List<Double> weights) {
        if (weights.size() > 1 || weights.getFirst() < 0) {
            return on(searcher -> Relevance.of(searcher, things, weights));
        }
        return on(searcher -> {
            OfOneText known = ofOneText; // whatever its weight
            if (known == null || known.reader != searcher.getIndexReader() || known.things != things) {
                known = new OfOneText(searcher.getIndexReader(), things, Relevance.of(searcher, things, weights));
                ofOneText = known;
            }
            return known.relevance;
        });
    }

    private record OfOneText(IndexReader reader, List<float[]> things, Relevance relevance) {}

    private boolean isExact(IndexSearcher searcher, SearchMethod method) {
        return switch (method) {
            case EXACT -> true;
            case APPROXIMATE -> false;
            case AUTOMATIC -> (long) searcher.getIndexReader().maxDoc() * dimension() <= EXACT_ELEMENTS;
        };
    }

    /** What the graph leads to, with the scores of the full vectors. */
    private List<Scored> approximate(IndexSearcher searcher, SearchQuery query, Query filter) throws IOException {
        int candidates = Math.clamp(searcher.getIndexReader().maxDoc(), 1, Math.max(query.top(), CANDIDATES));
        Query knn = new KnnFloatVectorQuery(Fields.VECTOR, query.vector(), candidates, filter);
        // the order by quantised vectors is not that of the full ones
        int rescored = header.quantized() ? candidates : Math.min(query.top(), candidates);
        List<Scored> scored = new ArrayList<>();
        Vectors vectors = new Vectors(searcher);
        for (ScoreDoc found : searcher.search(knn, rescored).scoreDocs) {
            scored.add(new Scored(found.doc, Clip.similarity(query.vector(), vectors.get(found.doc))));
        }
        return scored;
    }

    /** All images, in the order of their paths. */
    public List<IndexedImage> images() {
        return on(searcher -> located(searcher).stream().map(Located::image).toList());
    }

    /** Calls {@code body} with each image and its vector, in the order of their paths. */
    public void forEach(BiConsumer<IndexedImage, float[]> body) {
        on(searcher -> {
            Vectors vectors = new Vectors(searcher);
            for (Located located : located(searcher)) {
                body.accept(located.image(), vectors.get(located.document()).clone());
            }
            return null;
        });
    }

    /** What is near an image, by their numbers in a list of all. Safe to share between threads. */
    @FunctionalInterface
    interface Neighbours {
        /** Numbers of the nearest that the graph leads to, the image itself among them, and in no order. */
        int[] of(int image);
    }

    /**
     * Calls {@code body} with all images, in the order of their paths, and what is near them, as they are at one moment.
     *
     * @param count how many neighbours there are at the most
     */
    <T> T neighbourhood(int count, BiFunction<List<IndexedImage>, Neighbours, T> body) {
        return on(searcher -> {
            List<Located> all = located(searcher);
            int[] numbers = new int[searcher.getIndexReader().maxDoc()];
            for (int i = 0; i < all.size(); i++) {
                numbers[all.get(i).document()] = i;
            }
            // by the thread that asks
            IndexSearcher alone = new IndexSearcher(searcher.getIndexReader());
            return body.apply(all.stream().map(Located::image).toList(), image -> {
                try {
                    float[] vector = new Vectors(alone).get(all.get(image).document());
                    Query nearest = new KnnFloatVectorQuery(Fields.VECTOR, vector, count);
                    ScoreDoc[] near = alone.search(nearest, count).scoreDocs;
                    return Arrays.stream(near).mapToInt(found -> numbers[found.doc]).toArray();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        });
    }

    private record Located(IndexedImage image, int document) {}

    private static List<Located> located(IndexSearcher searcher) throws IOException {
        List<Located> all = new ArrayList<>();
        for (LeafReaderContext leaf : searcher.getLeafContexts()) {
            // as for a merge, which reads all: each block is decompressed once
            StoredFields stored = ((CodecReader) leaf.reader()).getFieldsReader().getMergeInstance();
            Bits live = leaf.reader().getLiveDocs();
            for (int i = 0; i < leaf.reader().maxDoc(); i++) {
                if (live == null || live.get(i)) {
                    all.add(new Located(Fields.image(stored, i), leaf.docBase + i));
                }
            }
        }
        all.sort(Comparator.comparing(located -> located.image().path()));
        return all;
    }

    private <T> T on(Work<T> work) {
        try {
            IndexSearcher searcher = searchers.acquire();
            try {
                return work.on(searcher);
            } finally {
                searchers.release(searcher);
            }
        } catch (IOException | UncheckedIOException e) {
            throw failure(folder, e);
        }
    }

    private static IndexException missing(Path folder, Throwable cause) {
        return new IndexException(folder + ": there is no index; make one with clip index", cause);
    }

    /** What to tell of a fault that Lucene found. */
    static IndexException failure(Path folder, Throwable e) {
        return e instanceof IndexException told
                ? told
                : new IndexException(folder + ": the index is damaged ("
                        + e.getMessage() + "); restore it from a copy, or delete the folder and index again", e);
    }

    @Override
    public void close() {
        try (directory; exact; threads) {
            searchers.close();
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }
}
