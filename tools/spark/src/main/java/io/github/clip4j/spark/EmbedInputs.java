package io.github.clip4j.spark;

import io.github.clip4j.webdataset.Sample;
import io.github.clip4j.webdataset.Shards;
import io.github.clip4j.webdataset.TarSamples;
import io.github.clip4j.webdataset.WebDatasetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/**
 * The images of a partition's files and tars as rows of {@link #SCHEMA}, in order. A tar that is missing or damaged is a
 * row with the reason.
 */
record EmbedInputs(ModelSpec spec, boolean captions, HadoopFiles files, LongAccumulator opened)
        implements
            MapPartitionsFunction<String, Row> {
    static final StructType SCHEMA = new StructType()
            .add("name", DataTypes.StringType, false)
            .add("embedding", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("caption", DataTypes.StringType)
            .add("caption_embedding", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("metadata", DataTypes.StringType)
            .add("error", DataTypes.StringType);

    /**
     * @param image null if there is a fault
     * @param sample what belongs to an image of a tar; null for others
     */
    private record Input(String name, Embedder.Image image, Sample sample, String fault) {
        String caption() {
            return sample == null ? null : sample.caption();
        }

        String metadata() {
            return sample == null ? null : sample.metadata();
        }
    }

    @Override
    public Iterator<Row> call(Iterator<String> names) {
        if (!names.hasNext()) {
            return Collections.emptyIterator(); // for which no model is needed
        }
        Embedder embedder = new Embedder(SharedModel.forTask(spec, opened));
        return new Batches<>(new Inputs(names, files), batch -> embed(embedder, batch));
    }

    private List<Row> embed(Embedder embedder, List<Input> inputs) {
        List<Embedding> images = embedder.images(inputs.stream().map(Input::image).toList());
        List<Embedding> texts = embedder
                .texts(inputs.stream().map(input -> captions ? input.caption() : null).toList());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            String fault = input.fault() != null ? input.fault() : images.get(i).error();
            rows.add(RowFactory.create(input.name(), Rows.vector(images.get(i).vector()), input.caption(),
                    Rows.vector(texts.get(i).vector()),
                    input.metadata(), fault != null ? fault : texts.get(i).error()));
        }
        return rows;
    }

    /** Image files as they are, and the samples of tars. */
    private static final class Inputs implements Iterator<Input> {
        private final Iterator<String> names;
        private final HadoopFiles files;
        /** The tar that is being read, or null. */
        private TarSamples tar;
        private String tarName;
        private Input next;

        Inputs(Iterator<String> names, HadoopFiles files) {
            this.names = names;
            this.files = files;
            this.next = find();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Input next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            Input found = next;
            next = find();
            return found;
        }

        private Input find() {
            while (tar != null || names.hasNext()) {
                try {
                    if (tar == null) {
                        String name = names.next();
                        if (!Shards.isTar(name)) {
                            return new Input(name, new Embedder.Image(name, () -> files.read(name)), null, null);
                        }
                        tarName = name;
                        tar = files.openTar(name);
                    }
                    Sample sample = tar.next();
                    if (sample != null) {
                        return new Input(sample.key(),
                                new Embedder.Image(tarName + "/" + sample.member(), sample.image()), sample, null);
                    }
                    tar.close();
                    tar = null;
                } catch (WebDatasetException e) {
                    return new Input(tarName, null, null, e.getMessage());
                }
            }
            return null;
        }
    }
}
