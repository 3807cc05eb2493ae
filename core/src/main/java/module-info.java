/** CLIP on the JVM: open a checkpoint, embed images and texts, classify. */
@SuppressWarnings("module") // the tools are compiled later
module io.github.clip4j.core {
    requires transitive io.github.clip4j.kernels;
    requires transitive io.github.clip4j.tokenizer;
    requires com.fasterxml.jackson.databind;
    requires java.net.http;
    requires transitive java.desktop;

    exports io.github.clip4j;
    exports io.github.clip4j.checkpoint;
    exports io.github.clip4j.evaluate;
    exports io.github.clip4j.find;
    exports io.github.clip4j.hub;
    exports io.github.clip4j.image;
    exports io.github.clip4j.model;
    exports io.github.clip4j.train;
    exports io.github.clip4j.train.data;
    // for this project's own tools
    exports io.github.clip4j.concurrent to io.github.clip4j.search, io.github.clip4j.cli;
    exports io.github.clip4j.files to io.github.clip4j.search, io.github.clip4j.cli;
}
