package io.github.clip4j.cli.model;

import io.github.clip4j.cli.shared.DownloadProgress;
import io.github.clip4j.hub.CachedModel;
import io.github.clip4j.hub.Hub;
import io.github.clip4j.hub.HubSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "pull",
        description = "Fetch models ahead of time, or what is newer of them: from the Hugging Face hub into its own cache, "
                + "which Python uses as well. HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT and HTTPS_PROXY are as everywhere.",
        footerHeading = "%nExamples:%n", footer = {"  clip pull openai/clip-vit-base-patch32",
                "  clip pull ViT-B-32/laion2b_s34b_b79k"})
public final class PullCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "1..*",
            description = "ORGANISATION/NAME, with @REVISION for another than main, with /FILE for one file of bare weights; or "
                    + "MODEL/TAG as open_clip has them.")
    private List<String> names;

    @Override
    public Integer call() {
        for (String name : names) {
            Path path;
            try (DownloadProgress progress = new DownloadProgress()) {
                path = new Hub(HubSettings.fromEnvironment(), progress).pull(Hub.name(name));
            }
            CachedModel model = CachedModel.at(path).orElseThrow();
            spec.commandLine().getOut().println(String.format(Locale.ROOT, "%s: commit %s, %,d bytes, in %s", name,
                    model.commit(), model.size(), path));
        }
        return 0;
    }
}
