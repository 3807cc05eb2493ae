package io.github.clip4j.cli.model;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.ModelFolderOption;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.hub.CachedModel;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.tokenizer.ClipTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "info", description = "Tell what a model is: form, architecture, parameters, files.",
        footerHeading = "%nExamples:%n", footer = {"  clip info", "  clip info openai/clip-vit-base-patch32"})
public final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelFolderOption folder;

    @CommandLine.Parameters(paramLabel = "MODEL", arity = "0..1", converter = ModelArgument.Converter.class,
            description = "The same as --model.")
    private ModelArgument named;

    @Option(names = "--json", description = "Print one object.")
    private boolean json;

    /**
     * @param source the model in the hub's cache that the folder is, if it is one
     * @param form of the weights, and whose names they have
     * @param types number of parameters of each type
     * @param files sizes in bytes by name
     */
    private record Info(Optional<CachedModel> source, String form, ClipConfig config, SequencedMap<DType, Long> types,
            SequencedMap<String, Long> files,
            boolean tokenizer, boolean preprocessing, String kernels) {
        long parameters() {
            return types.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    @Override
    public Integer call() {
        Info info = read();
        if (json) {
            spec.commandLine().getOut().println(Json.object(object -> write(info, object)));
        } else {
            Table.aligned(rows(info)).forEach(spec.commandLine().getOut()::println);
        }
        return 0;
    }

    private Info read() {
        if (named != null && folder.isGiven()) {
            throw new UsageException("--model " + folder.name() + ": cannot be given beside " + named);
        }
        Path model = named == null ? folder.path() : named.locate();
        try (PublishedModel published = folder.open(model);
                Kernels kernels = Kernels.create(new ThreadsOption().count())) {
            SequencedMap<DType, Long> types = new TreeMap<>();
            for (String name : Parameters.shapes(published.config()).keySet()) {
                if (published.hasProjection() || !name.endsWith("_projection.weight")) {
                    Tensor tensor = published.weights().tensor(name);
                    types.merge(tensor.dtype(), tensor.size(), Long::sum);
                }
            }
            return new Info(CachedModel.at(model), published.form(), published.config(), types, files(model),
                    ClipTokenizer.isIn(published.folder()), published.hasPreprocessing(), kernels.description());
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(model + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static SequencedMap<String, Long> files(Path model) throws IOException {
        SequencedMap<String, Long> files = new TreeMap<>();
        if (!Files.isDirectory(model)) {
            files.put(model.getFileName().toString(), Files.size(model));
            return files;
        }
        try (Stream<Path> content = Files.list(model)) {
            for (Path file : content.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return files;
    }

    private static List<List<String>> rows(Info info) {
        List<List<String>> rows = new ArrayList<>();
        info.source.ifPresent(source -> rows.add(List.of("source", source.repository()
                + (source.revisions().isEmpty() ? "" : ", revision " + String.join(", ", source.revisions()))
                + ", commit " + source.commit())));
        rows.add(List.of("form", info.form));
        if (info.config.hasVision()) {
            addRows(info.config.vision(), rows);
        }
        if (info.config.hasText()) {
            addRows(info.config.text(), rows);
        }
        rows.add(List.of("embedding", info.config.projection() + " dimensions"));
        rows.add(List.of("parameters", String.format(Locale.ROOT, "%,d (%s)", info.parameters(), info.types.keySet()
                .stream().map(DType::name).collect(Collectors.joining(", ")))));
        if (info.config.hasText()) {
            rows.add(List.of("tokenizer", info.tokenizer ? "the model's own" : "CLIP's, for the model has none"));
        }
        if (info.config.hasVision()) {
            rows.add(List.of("preprocessing",
                    info.preprocessing ? "the model's own" : "CLIP's, for the model says nothing of it"));
        }
        rows.add(List.of("kernels", info.kernels));
        String label = "files";
        for (Map.Entry<String, Long> file : info.files.entrySet()) {
            rows.add(List.of(label, String.format(Locale.ROOT, "%,15d bytes  %s", file.getValue(), file.getKey())));
            label = "";
        }
        return rows;
    }

    private static void addRows(VisionConfig vision, List<List<String>> rows) {
        rows.add(List.of("vision", "%d x %d pixels in patches of %d x %d: %d tokens".formatted(vision.imageSize(),
                vision.imageSize(), vision.patchSize(), vision.patchSize(), vision.tokens())));
        rows.add(List.of("", describe(vision.tower())));
    }

    private static void addRows(TextConfig text, List<List<String>> rows) {
        rows.add(List.of("text", "%d tokens at most, of a vocabulary of %d; %s".formatted(text.contextLength(),
                text.vocabularySize(), text.legacyEndOfText()
                        ? "the largest id ends a text"
                        : "id " + text.endTokenId() + " ends a text")));
        rows.add(List.of("", describe(text.tower())));
    }

    private static String describe(TowerConfig tower) {
        return "%d layers of %d heads, hidden size %d, MLP %d, %s, epsilon %s".formatted(tower.layers(), tower.heads(),
                tower.hidden(), tower.intermediate(), activation(tower), tower.epsilon());
    }

    private static String activation(TowerConfig tower) {
        return tower.activation().name().toLowerCase(Locale.ROOT);
    }

    private static void write(Info info, JsonGenerator object) throws IOException {
        if (info.source.isPresent()) {
            CachedModel source = info.source.get();
            object.writeObjectFieldStart("source");
            object.writeStringField("repository", source.repository());
            object.writeStringField("revision", String.join(", ", source.revisions()));
            object.writeStringField("commit", source.commit());
            object.writeEndObject();
        }
        object.writeStringField("form", info.form);
        if (info.config.hasVision()) {
            write(info.config.vision(), object);
        }
        if (info.config.hasText()) {
            write(info.config.text(), object);
        }
        object.writeNumberField("projection_dim", info.config.projection());
        object.writeNumberField("parameters", info.parameters());
        object.writeObjectFieldStart("dtypes");
        for (Map.Entry<DType, Long> type : info.types.entrySet()) {
            object.writeNumberField(type.getKey().name(), type.getValue());
        }
        object.writeEndObject();
        object.writeBooleanField("tokenizer", info.tokenizer);
        object.writeBooleanField("preprocessor", info.preprocessing);
        object.writeStringField("kernels", info.kernels);
        object.writeObjectFieldStart("files");
        for (Map.Entry<String, Long> file : info.files.entrySet()) {
            object.writeNumberField(file.getKey(), file.getValue());
        }
        object.writeEndObject();
    }

    private static void write(VisionConfig vision, JsonGenerator object) throws IOException {
        object.writeObjectFieldStart("vision");
        write(vision.tower(), object);
        object.writeNumberField("image_size", vision.imageSize());
        object.writeNumberField("patch_size", vision.patchSize());
        object.writeEndObject();
    }

    private static void write(TextConfig text, JsonGenerator object) throws IOException {
        object.writeObjectFieldStart("text");
        write(text.tower(), object);
        object.writeNumberField("vocab_size", text.vocabularySize());
        object.writeNumberField("max_position_embeddings", text.contextLength());
        object.writeNumberField("eos_token_id", text.endTokenId());
        object.writeEndObject();
    }

    private static void write(TowerConfig tower, JsonGenerator object) throws IOException {
        object.writeNumberField("hidden_size", tower.hidden());
        object.writeNumberField("intermediate_size", tower.intermediate());
        object.writeNumberField("num_hidden_layers", tower.layers());
        object.writeNumberField("num_attention_heads", tower.heads());
        object.writeStringField("hidden_act", activation(tower));
        object.writeNumberField("layer_norm_eps", tower.epsilon());
    }
}
