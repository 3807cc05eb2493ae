package io.github.clip4j.checkpoint.raw;

/** Text from a file made fit for a message: on one line and not too long. */
public final class Quote {
    private static final int MAX_BRIEF = 100;

    private Quote() {}

    /** The text, cut off if it is long. */
    public static String brief(String text) {
        return printable(text.length() <= MAX_BRIEF ? text : text.substring(0, MAX_BRIEF) + "...");
    }

    /** As {@link #brief}, in quotes. */
    public static String of(String text) {
        return '"' + brief(text) + '"';
    }

    /** Control characters, line ends and what else would disturb a terminal become question marks. */
    public static String printable(String text) {
        return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
