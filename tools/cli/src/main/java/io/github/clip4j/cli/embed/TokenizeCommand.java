package io.github.clip4j.cli.embed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.checkpoint.PublishedFiles;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.VisibleWriter;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "tokenize",
        description = "Show the token ids that a text becomes, and the pieces of text they stand for.",
        footerHeading = "%nExample:%n", footer = "  clip tokenize \"a photo of a cat\"")
public final class TokenizeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {
        @Parameters(paramLabel = "TEXT", arity = "1..*", description = "Texts.")
        private List<String> texts;

        @Option(names = "--jsonl", paramLabel = "FILE", required = true,
                description = "File of lines {\"text\": ...}, or - for standard input; prints a line {\"ids\": ...} for each.")
        private String jsonLines;
    }

    @Option(names = "--variant", paramLabel = "NAME", defaultValue = "transformers",
            description = "Tokenizer to follow: transformers or openai (default: ${DEFAULT-VALUE}).")
    private Variant variant;

    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Take the vocabulary of this model (default: CLIP's own).")
    private ModelArgument model;

    @Option(names = "--json", description = "Print an object for each text, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        ClipTokenizer tokenizer = tokenizer();
        if (source.jsonLines != null) {
            tokenizeLines(tokenizer);
        } else if (json) {
            source.texts.forEach(text -> printJson(tokenizer, text));
        } else {
            source.texts.forEach(text -> print(tokenizer, text));
        }
        return 0;
    }

    /** As a model is opened: one without a vocabulary has CLIP's own. */
    private ClipTokenizer tokenizer() {
        if (model == null) {
            return ClipTokenizer.clip(variant);
        }
        Path located = model.locate();
        Path folder = PublishedFiles.folder(located);
        boolean own = ClipTokenizer.isIn(folder)
                || Files.isDirectory(located) && !PublishedFiles.isConfigured(folder);
        return own ? ClipTokenizer.open(folder, variant) : ClipTokenizer.clip(variant);
    }

    private void print(ClipTokenizer tokenizer, String text) {
        PrintWriter out = spec.commandLine().getOut();
        int[] ids = tokenizer.encode(text);
        out.println(VisibleWriter.line(text) + " (" + ids.length + " tokens)");
        for (int id : ids) {
            out.printf("%7d  %s%n", id, tokenizer.token(id));
        }
    }

    private void printJson(ClipTokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        spec.commandLine().getOut().println(Json.object(object -> {
            object.writeStringField("text", text);
            writeIds(object, ids);
            object.writeArrayFieldStart("pieces");
            for (int id : ids) {
                object.writeString(tokenizer.token(id));
            }
            object.writeEndArray();
        }));
    }

    private static void writeIds(JsonGenerator object, int[] ids) throws IOException {
        object.writeFieldName("ids");
        object.writeArray(ids, 0, ids.length);
    }

    private void tokenizeLines(ClipTokenizer tokenizer) {
        String name = source.jsonLines.equals("-") ? "standard input" : source.jsonLines;
        PrintWriter out = spec.commandLine().getOut();
        // a char for each byte: lines are told apart here, and the parser tells malformed UTF-8 with its line
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), ISO_8859_1))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    int[] ids = tokenizer.encode(Json.text(line.getBytes(ISO_8859_1), "text", name + ":" + number));
                    out.println(Json.object(object -> writeIds(object, ids)));
                }
                if (out.checkError()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new DataException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private InputStream open() throws IOException {
        return source.jsonLines.equals("-") ? System.in : new FileInputStream(source.jsonLines);
    }
}
