package io.github.clip4j.spark;

import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Adds the unit vectors of a column's images or texts as a column {@code array<float>}, and a column that says why a
 * row has none. Rows keep their order and partitions. The bits are those of {@link io.github.clip4j.Clip}.
 *
 * <p>A column of {@code binary} holds the content of image files, as {@code spark.read().format("binaryFile")} gives
 * it; a column of {@code string} paths of image files, or texts if {@link #setKind} says so.
 */
public final class ClipEmbedder extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1;
    private static final String IMAGE = "image";
    private static final String TEXT = "text";

    private final String uid;
    private final Param<String> model;
    private final Param<String> kind;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final Param<String> errorCol;
    private final BooleanParam truncate;

    public ClipEmbedder() {
        this(Identifiable.randomUID("clip"));
    }

    /** As pipelines are loaded. */
    public ClipEmbedder(String uid) {
        this.uid = uid;
        this.model = new Param<>(this, "model", "a path on all machines, a name on the hub, or spark-files:NAME");
        this.kind = new Param<>(this, "kind", "whether strings are paths of images (image) or texts (text)");
        this.inputCol = new Param<>(this, "inputCol", "column of images or texts");
        this.outputCol = new Param<>(this, "outputCol", "column of vectors");
        this.errorCol = new Param<>(this, "errorCol", "column that says why a row has no vector");
        this.truncate = new BooleanParam(this, "truncate", "whether texts over the model's context are cut off");
        set(kind, IMAGE);
        set(inputCol, "content");
        set(outputCol, "embedding");
        set(errorCol, "error");
        set(truncate, false);
    }

    @Override
    public String uid() {
        return uid;
    }

    public Param<String> model() {
        return model;
    }

    public Param<String> kind() {
        return kind;
    }

    public Param<String> inputCol() {
        return inputCol;
    }

    public Param<String> outputCol() {
        return outputCol;
    }

    public Param<String> errorCol() {
        return errorCol;
    }

    public BooleanParam truncate() {
        return truncate;
    }

    /** A path that is there on all machines, a name on the hub, or {@code spark-files:NAME}. */
    public ClipEmbedder setModel(String value) {
        return with(model, value);
    }

    /** {@code image} (default) or {@code text}: what strings are. */
    public ClipEmbedder setKind(String value) {
        if (!List.of(IMAGE, TEXT).contains(value)) {
            throw new IllegalArgumentException("kind \"" + value + "\": expected image or text");
        }
        return with(kind, value);
    }

    /** Default: {@code content}. */
    public ClipEmbedder setInputCol(String value) {
        return with(inputCol, value);
    }

    /** Default: {@code embedding}. */
    public ClipEmbedder setOutputCol(String value) {
        return with(outputCol, value);
    }

    /** Default: {@code error}. */
    public ClipEmbedder setErrorCol(String value) {
        return with(errorCol, value);
    }

    /** Whether texts longer than the model's context are cut off; otherwise (default) they have no vector. */
    public ClipEmbedder setTruncate(boolean value) {
        set(truncate, value);
        return this;
    }

    private ClipEmbedder with(Param<String> param, String value) {
        set(param, value);
        return this;
    }

    private String value(Param<String> param) {
        return getOrDefault(param);
    }

    /**
     * @throws IllegalArgumentException if there is no such column or model, or the column holds neither images nor
     * texts
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        ModelSpec spec = new ModelSpec(isDefined(model) ? value(model) : "", (Boolean) getOrDefault(truncate));
        spec.check();
        EmbedRows rows = new EmbedRows(spec, value(kind).equals(TEXT), dataset.schema().fieldIndex(value(inputCol)),
                HadoopFiles.of(dataset.sparkSession()),
                SharedModel.counter(dataset.sparkSession()));
        return dataset.toDF().mapPartitions(rows, Encoders.row(schema));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String input = value(inputCol);
        if (!List.of(schema.fieldNames()).contains(input)) {
            throw new IllegalArgumentException("inputCol \"" + input + "\": there is no such column, but "
                    + String.join(", ", schema.fieldNames()));
        }
        DataType type = schema.apply(input).dataType();
        boolean string = type.equals(DataTypes.StringType);
        if (!string && !(type.equals(DataTypes.BinaryType) && value(kind).equals(IMAGE))) {
            throw new IllegalArgumentException("inputCol \"" + input + "\": is of type " + type.simpleString()
                    + ", expected " + (value(kind).equals(IMAGE) ? "binary or string" : "string"));
        }
        for (String added : List.of(value(outputCol), value(errorCol))) {
            if (List.of(schema.fieldNames()).contains(added)) {
                throw new IllegalArgumentException("column \"" + added + "\": is there already");
            }
        }
        return schema.add(value(outputCol), DataTypes.createArrayType(DataTypes.FloatType, false))
                .add(value(errorCol), DataTypes.StringType);
    }

    @Override
    public ClipEmbedder copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads what {@code write} wrote. */
    public static MLReader<ClipEmbedder> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads what {@code save} wrote. */
    public static ClipEmbedder load(String path) {
        return read().load(path);
    }
}
