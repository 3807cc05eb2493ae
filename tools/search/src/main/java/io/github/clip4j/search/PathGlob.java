package io.github.clip4j.search;

import java.nio.file.FileSystems;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.apache.lucene.search.AutomatonQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/**
 * The globs of {@link java.nio.file.FileSystem#getPathMatcher} for paths with slashes, as a query over the paths of an
 * index. A glob without a slash is for the last part of a path.
 */
final class PathGlob {
    private static final int MAX_LENGTH = 1000;
    private static final int WORK = Operations.DEFAULT_DETERMINIZE_WORK_LIMIT;
    /** Any character of a name. */
    private static final Automaton NAME = Operations.union(List.of(Automata.makeCharRange(0, '/' - 1),
            Automata.makeCharRange('/' + 1, Character.MAX_CODE_POINT)));

    private final String glob;
    private final boolean ofName;
    private int at;

    private PathGlob(String glob) {
        this.glob = glob;
        this.ofName = glob.indexOf('/') < 0;
    }

    /** @throws IllegalArgumentException if it is no glob, or one that takes too much work */
    static Query query(String glob) {
        String start = "glob \"" + glob.substring(0, Math.min(glob.length(), 80)) + "\" ";
        if (glob.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(start + "has " + glob.length() + " characters, more than the limit of "
                    + MAX_LENGTH);
        }
        try {
            FileSystems.getDefault().getPathMatcher("glob:" + glob);
            return new AutomatonQuery(Fields.path(glob), Operations.determinize(new PathGlob(glob).paths(), WORK));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(start + "is none: " + e.getDescription(), e);
        } catch (TooComplexToDeterminizeException e) {
            throw new IllegalArgumentException(start + "is too complex", e);
        }
    }

    private Automaton paths() {
        Automaton matching = sequence(false);
        if (!ofName) {
            return matching;
        }
        Automaton folders = Operations.concatenate(List.of(Automata.makeAnyString(), Automata.makeChar('/')));
        return Operations.concatenate(List.of(Operations.optional(folders), matching));
    }

    /** What follows, to the end of the glob or of a choice within braces; it is known to be well-formed. */
    private Automaton sequence(boolean choice) {
        List<Automaton> parts = new ArrayList<>(List.of(Automata.makeEmptyString()));
        while (at < glob.length() && !(choice && (isNext(',') || isNext('}')))) {
            int c = next();
            parts.add(switch (c) {
                case '*' -> many();
                case '?' -> NAME;
                case '[' -> characters();
                case '{' -> choices();
                case '\\' -> Automata.makeChar(next());
                default -> Automata.makeChar(c);
            });
        }
        return Operations.concatenate(parts);
    }

    /** One star is for a part of a name, two are for any number of folders. */
    private Automaton many() {
        if (isNext('*')) {
            at++;
            return ofName ? Operations.repeat(NAME) : Automata.makeAnyString();
        }
        return Operations.repeat(NAME);
    }

    private Automaton choices() {
        List<Automaton> choices = new ArrayList<>();
        do {
            choices.add(sequence(true));
        } while (next() == ',');
        return Operations.union(choices);
    }

    /** Characters and ranges; a hyphen at either end is one. */
    private Automaton characters() {
        boolean negated = isNext('!');
        if (negated) {
            at++;
        }
        List<Automaton> ranges = new ArrayList<>();
        while (!isNext(']')) {
            int from = next();
            int to = from;
            if (isNext('-') && glob.charAt(at + 1) != ']') {
                at++;
                to = next();
            }
            ranges.add(Automata.makeCharRange(from, to));
        }
        at++;
        Automaton union = Operations.determinize(Operations.union(ranges), WORK);
        return Operations.intersection(NAME, negated ? Operations.complement(union, WORK) : union);
    }

    private boolean isNext(char c) {
        return at < glob.length() && glob.charAt(at) == c;
    }

    private int next() {
        int c = glob.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }
}
