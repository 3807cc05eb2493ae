package io.github.clip4j.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The command line of {@link PeerComparison}: {@code --name value} pairs.
 *
 * @param model a checkpoint's folder
 * @param vision its vision tower, exported to ONNX
 * @param text its text tower, exported to ONNX
 * @param texts captions, one a line
 * @param threads of each peer
 * @param rounds that count
 * @param python an interpreter with torch and transformers, or null to leave PyTorch out
 * @param chart an SVG file to write, or null
 */
record PeerOptions(Path model, Path vision, Path text, Path texts, int threads, int rounds, String python, Path chart) {
    private static final List<String> REQUIRED = List.of("--model", "--vision", "--text", "--texts");
    private static final List<String> OPTIONAL = List.of("--threads", "--rounds", "--python", "--chart");

    /** @throws IllegalArgumentException in one line that says what was expected */
    static PeerOptions parse(String... args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            boolean known = REQUIRED.contains(args[i]) || OPTIONAL.contains(args[i]);
            if (!known || i + 1 == args.length) {
                throw new IllegalArgumentException(
                        args[i] + (known ? ": no value follows" : ": no such option; there are " + usage()));
            }
            values.put(args[i], args[i + 1]);
        }
        for (String option : REQUIRED) {
            if (!values.containsKey(option)) {
                throw new IllegalArgumentException(option + " is missing; needed are " + usage());
            }
        }
        Function<String, Path> path = option -> Path.of(values.get(option));
        return new PeerOptions(path.apply("--model"), path.apply("--vision"), path.apply("--text"),
                path.apply("--texts"), positive("--threads", values, Runtime.getRuntime().availableProcessors()),
                positive("--rounds", values, 7), values.get("--python"),
                values.containsKey("--chart") ? path.apply("--chart") : null);
    }

    private static int positive(String option, Map<String, String> values, int otherwise) {
        String value = values.getOrDefault(option, Integer.toString(otherwise));
        if (!value.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException(option + " " + value + ": expected a number from 1 to 9999");
        }
        return Integer.parseInt(value);
    }

    private static String usage() {
        return String.join(", ", REQUIRED) + ", and if wanted " + String.join(", ", OPTIONAL);
    }
}
