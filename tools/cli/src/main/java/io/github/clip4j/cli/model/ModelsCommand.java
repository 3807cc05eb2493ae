package io.github.clip4j.cli.model;

import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.hub.CachedModel;
import io.github.clip4j.hub.Hub;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "models", description = "List the models in the cache, which --model takes by these names.",
        footerHeading = "%nExample:%n", footer = "  clip models")
public final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print an object for each model, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        Hub hub = Hub.fromEnvironment();
        List<CachedModel> models = hub.cached();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            models.forEach(model -> out.println(object(model)));
        } else if (models.isEmpty()) {
            out.println("no models in " + hub.settings().cache() + "; clip pull NAME fetches one");
        } else {
            table(models).forEach(out::println);
        }
        return 0;
    }

    private static List<String> table(List<CachedModel> models) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "revision", "commit", "megabytes", ""));
        for (CachedModel model : models) {
            rows.add(List.of(model.repository(), String.join(", ", model.revisions()), model.commit().substring(0, 12),
                    String.format(Locale.ROOT, "%,9.1f", model.size() / 1e6),
                    model.isComplete() ? "" : "no CLIP, or not complete"));
        }
        return Table.aligned(rows);
    }

    private static String object(CachedModel model) {
        return Json.object(object -> {
            object.writeStringField("repository", model.repository());
            object.writeArrayFieldStart("revisions");
            for (String revision : model.revisions()) {
                object.writeString(revision);
            }
            object.writeEndArray();
            object.writeStringField("commit", model.commit());
            object.writeNumberField("bytes", model.size());
            object.writeBooleanField("complete", model.isComplete());
            object.writeStringField("folder", model.folder().toString());
        });
    }
}
