package io.github.clip4j.webdataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tars that a name stands for: one, or many by braces, {@code data/{00000..00010}.tar}. */
public final class Shards {
    /** The most names that braces may stand for. */
    public static final int MAX = 1_000_000;

    private static final Pattern BRACES = Pattern.compile("(?s)(.*?)\\{([^{}]*)\\}(.*)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

    private Shards() {}

    /** Whether a name is that of tars. */
    public static boolean isTar(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".tar");
    }

    /**
     * The names with a number of each range {@code {00..10}} or an item of each list {@code {a,b}} in place of the braces,
     * in order. Numbers are as long as the range's first where it begins with zeros. A file that is named so, braces and
     * all, is itself.
     *
     * @throws WebDatasetException if braces hold neither, or stand for too many names
     */
    public static List<String> expand(String name) {
        if (Files.isRegularFile(Path.of(name))) {
            return List.of(name);
        }
        List<String> names = new ArrayList<>();
        expand("", name, name, names);
        return names;
    }

    private static void expand(String before, String rest, String name, List<String> names) {
        Matcher braces = BRACES.matcher(rest);
        if (!braces.matches()) {
            if (names.size() == MAX) {
                throw new WebDatasetException(name + ": stands for more than " + MAX + " files");
            }
            names.add(before + rest);
            return;
        }
        for (String item : items(braces.group(2), name)) {
            expand(before + braces.group(1) + item, braces.group(3), name, names);
        }
    }

    private static List<String> items(String braces, String name) {
        if (braces.indexOf(',') >= 0) {
            return List.of(braces.split(",", -1));
        }
        Matcher range = RANGE.matcher(braces);
        if (!range.matches()) {
            throw new WebDatasetException(
                    name + ": has {" + braces + "}, expected a range such as {00000..00010} or a list"
                            + " such as {a,b}");
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (last < first || last - first >= MAX) {
            throw new WebDatasetException(
                    name + ": has {" + braces + "}, expected a range that rises, of at most " + MAX);
        }
        String format = range.group(1).startsWith("0") ? "%0" + range.group(1).length() + "d" : "%d";
        List<String> items = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            items.add(format.formatted(i));
        }
        return items;
    }
}
