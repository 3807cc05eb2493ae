/** Images with captions in tars, as img2dataset writes them. */
module io.github.clip4j.webdataset {
    requires transitive io.github.clip4j.core;
    requires org.apache.commons.compress;

    exports io.github.clip4j.webdataset;
}
