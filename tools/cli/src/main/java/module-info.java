/** The {@code clip} command. */
module io.github.clip4j.cli {
    requires io.github.clip4j.core;
    requires info.picocli;
}
