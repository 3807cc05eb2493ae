/** The {@code clip} command. */
module io.github.clip4j.cli {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires com.samskivert.jmustache;
    requires info.picocli;
    requires io.github.clip4j.core;
    requires java.net.http;

    opens io.github.clip4j.cli to info.picocli, com.samskivert.jmustache;
}
