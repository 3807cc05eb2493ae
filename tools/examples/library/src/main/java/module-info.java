/** On the module path as well as on the class path. */
module example {
    requires io.github.clip4j.core;
}
