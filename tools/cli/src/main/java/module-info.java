/** The {@code clip} command. */
module io.github.clip4j.cli {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires com.samskivert.jmustache;
    requires info.picocli;
    requires io.github.clip4j.aerial;
    requires io.github.clip4j.core;
    requires io.github.clip4j.search;
    requires io.github.clip4j.webdataset;
    requires java.logging;
    requires java.management;
    requires java.net.http;
    requires org.eclipse.jetty.server;

    opens io.github.clip4j.cli to info.picocli;
    opens io.github.clip4j.cli.embed to info.picocli;
    opens io.github.clip4j.cli.evaluate to info.picocli, com.samskivert.jmustache;
    opens io.github.clip4j.cli.model to info.picocli;
    opens io.github.clip4j.cli.search to info.picocli, com.samskivert.jmustache;
    opens io.github.clip4j.cli.serve to info.picocli, com.fasterxml.jackson.databind;
    opens io.github.clip4j.cli.shared to info.picocli;
    opens io.github.clip4j.cli.train to info.picocli;
}
