package io.github.clip4j.cli;

final class Main {
    private Main() {}
}
