package io.github.clip4j.cli.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options in a file: a JSON or YAML object from the name of an option without its dashes to its value, such as
 * {@code "learning-rate": 1e-3}. A flag is true or false, an option that is given several times an array.
 */
final class SettingsFile {
    private static final int MAX_BYTES = 1 << 20;

    private SettingsFile() {}

    /**
     * Fills options from a file and then from the command line, which wins.
     *
     * @param options annotated by picocli, with nothing set
     * @param given what was found on the command line; options that {@code options} does not have are left out
     * @throws DataException naming the file and the setting that is at fault
     */
    static void apply(Path file, List<OptionSpec> given, Object options) {
        CommandLine line = new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true);
        Map<String, OptionSpec> known = line.getCommandSpec().optionsMap();
        List<String> arguments = new ArrayList<>();
        List<String> names = given.stream().map(OptionSpec::longestName).filter(known::containsKey).toList();
        read(file).forEach((name, value) -> {
            if (!known.containsKey("--" + name)) {
                throw new DataException(file + ": \"" + name
                        + "\" is not a setting; see the options of the command's --help, without their dashes");
            }
            if (!names.contains("--" + name)) {
                add(arguments, "--" + name, value, file);
            }
        });
        for (OptionSpec option : given) {
            if (names.contains(option.longestName())) {
                boolean flag = option.typeInfo().isBoolean();
                add(arguments, option.longestName(), flag ? option.getValue() : option.originalStringValues(), file);
            }
        }
        try {
            line.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new DataException(file + ": " + e.getMessage().replace("option '--", "'"), e);
        }
    }

    private static void add(List<String> arguments, String option, Object value, Path file) {
        switch (value) {
            case null -> {
            } // as if it were not there
            case Boolean flag when !flag -> {
            }
            case Boolean _ -> arguments.add(option);
            case List<?> items -> items.forEach(item -> add(arguments, option, item, file));
            case Map<?, ?> _ ->
                throw new DataException(file + ": \"" + option.substring(2) + "\" is an object, expected a value");
            default -> arguments.add(option + "=" + value);
        }
    }

    private static Map<String, Object> read(Path file) {
        ObjectMapper mapper = file.toString().endsWith(".json")
                ? JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()
                : YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": expected a settings file, found "
                    + (Files.exists(file) ? "something else" : "nothing"));
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new DataException(file + ": has more than " + MAX_BYTES + " bytes, too large for settings");
            }
            Object root = mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readValue(file.toFile(), Object.class);
            if (!(root instanceof Map<?, ?> fields)) {
                throw new DataException(file + ": expected an object of settings");
            }
            Map<String, Object> settings = new LinkedHashMap<>();
            fields.forEach((name, value) -> settings.put(String.valueOf(name), value));
            return settings;
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new DataException(file + line + ": " + JsonFault.of(e), e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The settings that options amount to, defaults included, as a file of them would say it; paths are absolute. */
    static Map<String, Object> settings(Object options) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (OptionSpec option : CommandSpec.forAnnotatedObject(options).options()) {
            Object value = switch (option.getValue()) {
                case null -> null;
                case Path path -> path.toAbsolutePath().normalize().toString();
                case ModelArgument model -> model.absolute();
                case Enum<?> name -> name.toString().toLowerCase(java.util.Locale.ROOT);
                case Object other -> other;
            };
            if (value != null) {
                settings.put(option.longestName().substring(2), value);
            }
        }
        return settings;
    }

    /** Writes settings as JSON; the file appears whole or not at all. */
    static void write(Map<String, Object> settings, Path file) {
        try (OutputFile output = new OutputFile(file)) {
            output.append(
                    ByteBuffer.wrap(new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(settings)));
            output.commit();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
