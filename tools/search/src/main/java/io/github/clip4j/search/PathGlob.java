package io.github.clip4j.search;

import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.util.automaton.RegExp;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/**
 * The globs of {@link java.nio.file.FileSystem#getPathMatcher} for paths with slashes, as a query over the paths of an
 * index. A glob without a slash is for the last part of a path.
 */
final class PathGlob {
    private final String glob;
    private final StringBuilder expression = new StringBuilder();
    private int at;

    private PathGlob(String glob) {
        this.glob = glob;
    }

    /** @throws IllegalArgumentException if it is no glob */
    static Query query(String glob) {
        PathGlob path = new PathGlob(glob);
        if (glob.indexOf('/') < 0) {
            path.expression.append("(.*\\/)?");
        }
        path.alternatives(0);
        try {
            return new RegexpQuery(Fields.path(path.expression.toString()), RegExp.NONE);
        } catch (IllegalArgumentException | TooComplexToDeterminizeException e) {
            throw new IllegalArgumentException("glob \"" + glob + "\" is not usable: " + e.getMessage(), e);
        }
    }

    /** Translates up to the end of the glob, or within braces up to the closing one. */
    private void alternatives(int depth) {
        while (at < glob.length()) {
            char c = glob.charAt(at++);
            switch (c) {
                case '*' -> many();
                case '?' -> expression.append("[^\\/]");
                case '[' -> characters();
                case '{' -> {
                    require(depth == 0, "braces within braces");
                    expression.append('(');
                    alternatives(1);
                }
                case '}' -> {
                    if (depth == 0) {
                        literal(c);
                        break;
                    }
                    expression.append(')');
                    return;
                }
                case ',' -> {
                    if (depth == 0) {
                        literal(c);
                    } else {
                        expression.append('|');
                    }
                }
                case '\\' -> {
                    require(at < glob.length(), "nothing after the last \\");
                    literal(glob.charAt(at++));
                }
                default -> literal(c);
            }
        }
        require(depth == 0, "no } for a {");
    }

    /** One star is for a part of a name, two are for any number of folders. */
    private void many() {
        if (at < glob.length() && glob.charAt(at) == '*') {
            at++;
            expression.append(".*");
        } else {
            expression.append("[^\\/]*");
        }
    }

    private void characters() {
        int end = glob.indexOf(']', at + 1);
        require(end > 0, "no ] for a [");
        expression.append('[');
        if (glob.charAt(at) == '!') {
            at++;
            expression.append("^\\/");
        }
        for (; at < end; at++) {
            if (glob.charAt(at) == '-' && glob.charAt(at - 1) != '[' && at + 1 < end) {
                expression.append('-');
            } else {
                literal(glob.charAt(at));
            }
        }
        at++;
        expression.append(']');
    }

    private void literal(char c) {
        if (c < 128 && !Character.isLetterOrDigit(c)) {
            expression.append('\\');
        }
        expression.append(c);
    }

    private void require(boolean condition, String fault) {
        if (!condition) {
            throw new IllegalArgumentException("glob \"" + glob + "\" has " + fault);
        }
    }
}
