package io.github.clip4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.cli.embed.ClassifyCommand;
import io.github.clip4j.cli.embed.EmbedCommand;
import io.github.clip4j.cli.embed.ExplainCommand;
import io.github.clip4j.cli.embed.FindCommand;
import io.github.clip4j.cli.embed.PreprocessCommand;
import io.github.clip4j.cli.embed.TokenizeCommand;
import io.github.clip4j.cli.evaluate.BenchmarkCommand;
import io.github.clip4j.cli.evaluate.CompareCommand;
import io.github.clip4j.cli.evaluate.CalibrateCommand;
import io.github.clip4j.cli.evaluate.EvaluateCommand;
import io.github.clip4j.cli.model.ConvertCommand;
import io.github.clip4j.cli.model.InfoCommand;
import io.github.clip4j.cli.model.InterpolateCommand;
import io.github.clip4j.cli.model.ModelsCommand;
import io.github.clip4j.cli.model.PullCommand;
import io.github.clip4j.cli.model.SyntheticModelCommand;
import io.github.clip4j.cli.search.DuplicatesCommand;
import io.github.clip4j.cli.search.ExportCommand;
import io.github.clip4j.cli.search.ImportCommand;
import io.github.clip4j.cli.search.IndexCommand;
import io.github.clip4j.cli.search.SearchCommand;
import io.github.clip4j.cli.serve.ServeCommand;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.shared.VisibleWriter;
import io.github.clip4j.cli.train.ProbeCommand;
import io.github.clip4j.cli.train.TrainCommand;
import io.github.clip4j.hub.HubException;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.search.IndexException;
import io.github.clip4j.tokenizer.TokenizerException;
import io.github.clip4j.train.TrainingException;
import io.github.clip4j.train.data.DataSetException;
import io.github.clip4j.webdataset.WebDatasetException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code clip} command: one class for each subcommand, and here what they share of errors and exit codes. */
@Command(name = "clip", mixinStandardHelpOptions = true, version = "clip4j 0.1.0", sortOptions = false,
        description = "CLIP on the JVM: which label fits an image, search in images, vectors of images and texts, and training.",
        synopsisSubcommandLabel = "COMMAND", scope = ScopeType.INHERIT, exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it worked", "1:a file, a model or an image is at fault", "2:the command line is at fault"})
public final class Main implements Runnable {
    /** In the order of the help. */
    private static final List<String> COMMANDS = List.of("classify", "embed", "index", "search", "duplicates",
            "export", "import", "find", "explain", "evaluate", "calibrate", "serve", "train", "interpolate", "probe",
            "tokenize", "preprocess", "info", "compare", "benchmark", "convert", "pull", "models", "synthetic-model",
            "generate-completion", "help");

    /** Those that tell of the others. */
    private static final List<String> ABOUT_ALL = List.of("help", "generate-completion");

    @Spec
    private CommandSpec spec;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean stackTrace;

    public static void main(String[] args) {
        int exitCode = 1;
        try {
            exitCode = run(new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8), args);
        } catch (OutOfMemoryError e) {
            System.err.println(
                    "clip: needs more memory than Java allows itself; allow more, as in CLIP_JAVA_OPTS=-Xmx8g");
        }
        System.exit(exitCode);
    }

    /** Runs a command line and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        int exitCode = commandLine(main, args)
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, _) -> usageError(e))
                .setExecutionExceptionHandler(main::executionError)
                .setExecutionStrategy(Main::execute)
                .execute(args);
        if (out.checkError() && exitCode == 0) {
            err.println("clip: standard output could not be written");
            return 1;
        }
        return exitCode;
    }

    /** What commands print is shown as it is, whatever is in it; the help, which has colours, is not theirs. */
    private static int execute(ParseResult parsed) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        CommandLine line = parsed.commandSpec().commandLine();
        line.setOut(new PrintWriter(new VisibleWriter(line.getOut()), true));
        line.setErr(new PrintWriter(new VisibleWriter(line.getErr()), true));
        return new RunLast().execute(parsed);
    }

    /**
     * Options are found by reflection, which takes time: where the line begins with a command, those of this one only.
     */
    private static CommandLine commandLine(Main main, String... args) {
        CommandLine line = new CommandLine(main);
        boolean one = args.length > 0 && COMMANDS.contains(args[0]) && !ABOUT_ALL.contains(args[0]);
        for (String name : one ? List.of(args[0]) : COMMANDS) {
            line.addSubcommand(name, command(name));
        }
        return line;
    }

    private static Object command(String name) {
        return switch (name) {
            case "classify" -> new ClassifyCommand();
            case "embed" -> new EmbedCommand();
            case "index" -> new IndexCommand();
            case "search" -> new SearchCommand();
            case "duplicates" -> new DuplicatesCommand();
            case "export" -> new ExportCommand();
            case "import" -> new ImportCommand();
            case "find" -> new FindCommand();
            case "explain" -> new ExplainCommand();
            case "evaluate" -> new EvaluateCommand();
            case "calibrate" -> new CalibrateCommand();
            case "serve" -> new ServeCommand();
            case "train" -> new TrainCommand();
            case "interpolate" -> new InterpolateCommand();
            case "probe" -> new ProbeCommand();
            case "tokenize" -> new TokenizeCommand();
            case "preprocess" -> new PreprocessCommand();
            case "info" -> new InfoCommand();
            case "compare" -> new CompareCommand();
            case "benchmark" -> new BenchmarkCommand();
            case "convert" -> new ConvertCommand();
            case "pull" -> new PullCommand();
            case "models" -> new ModelsCommand();
            case "synthetic-model" -> new SyntheticModelCommand();
            case "generate-completion" -> new AutoComplete.GenerateCompletion();
            case "help" -> new HelpCommand();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int usageError(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("clip: " + Failures.oneLine(e.getMessage()).replaceFirst("^Error: ", ""));
        err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        return 2;
    }

    /** Bad data is told in one line; anything else is a fault of ours, told with the way to more. */
    private int executionError(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean data = e instanceof CheckpointException || e instanceof ImageException
                || e instanceof TokenizerException || e instanceof DataSetException || e instanceof TrainingException
                || e instanceof UncheckedIOException || e instanceof DataException || e instanceof HubException
                || e instanceof IndexException || e instanceof WebDatasetException;
        boolean usage = e instanceof UsageException;
        err.println("clip: " + Failures.oneLine(data || usage
                ? e.getMessage()
                : "internal error, please report it with --stacktrace: " + e));
        if (stackTrace) {
            e.printStackTrace(err);
        }
        return usage ? 2 : 1;
    }
}
