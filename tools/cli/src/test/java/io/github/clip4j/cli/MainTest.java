package io.github.clip4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void aloneItPrintsItsHelp() {
        Run alone = Run.clip();
        assertEquals(0, alone.exitCode());
        assertEquals(Run.clip("--help").out(), alone.out());
        assertTrue(alone.out().contains("classify"), alone.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify", "embed", "tokenize", "preprocess", "info", "compare", "evaluate", "benchmark",
            "serve", "train", "interpolate", "probe", "convert", "pull", "models", "synthetic-model"})
    void everyCommandHasAnExample(String command) {
        Run help = Run.clip("help", command);
        assertEquals(0, help.exitCode());
        assertTrue(help.out().matches("(?s).*\nExamples?:\n  clip " + command + "\\s.*"), help.out());
        assertEquals(Run.clip(command, "--help").out(), help.out());
    }

    @Test
    void completionKnowsTheCommands() {
        assertTrue(Run.clip("generate-completion").out().contains("synthetic-model"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"clasify", "--colour", "classify --labels", "tokenize", "tokenize --variant gpt a",
            "embed --images a --texts b --output c.npy --model m", "compare --reference r --tolerance none"})
    void aWrongCommandLineIsToldAndLedToTheHelp(String line) {
        Run run = Run.clip((Object[]) line.split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertEquals(2, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains("--help"), run.err());
    }
}
