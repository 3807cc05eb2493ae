package io.github.clip4j.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a model on a hub.
 *
 * @param repository {@code ORGANISATION/NAME}
 * @param revision a branch, a tag, {@code refs/pr/N} or a commit
 * @param file the one file of bare weights that is meant, {@code ckpt/RS5M_ViT-B-32.pt}; empty for a whole model
 */
public record HubName(String repository, String revision, String file) {
    /** The branch where no revision is given. */
    public static final String MAIN = "main";

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final String PART = "[A-Za-z0-9_](?:[\\w.-]*[A-Za-z0-9_])?";
    private static final String SEGMENTS = "[\\w+-][\\w.+-]*(?:/[\\w+-][\\w.+-]*)*";
    private static final Pattern NAME = Pattern.compile("(?<repository>" + PART + "/" + PART + ")"
            + "(?:/(?<file>" + SEGMENTS + "\\.(?:safetensors|bin|pt|pth|msgpack)))?(?:@(?<revision>" + SEGMENTS
            + "))?");
    /** Of a repository; huggingface_hub's validate_repo_id has the same rules. */
    private static final int MAX_LENGTH = 96;

    /**
     * The model of this name: {@code ORGANISATION/NAME}, {@code ORGANISATION/NAME@REVISION}, one file of it
     * ({@code ORGANISATION/NAME/FILE.pt}), or what open_clip calls it ({@code ViT-B-32/laion2b_s34b_b79k}).
     *
     * @return empty if it is not such a name
     * @throws HubException if it is a model of open_clip's with a tag that is not known
     */
    public static Optional<HubName> parse(String text) {
        Matcher matcher = NAME.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String repository = OpenClipTags.repository(matcher.group("repository"));
        String file = matcher.group("file");
        String revision = matcher.group("revision");
        if (repository.length() > MAX_LENGTH || (repository + revision + file).contains("..")
                || repository.contains("--") || repository.matches("(?s).*\\.(?:git|safetensors|bin|pt|pth|msgpack)")) {
            return Optional.empty();
        }
        return Optional.of(new HubName(repository, revision == null ? MAIN : revision, file == null ? "" : file));
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /** The name as it is given. */
    @Override
    public String toString() {
        return repository + (file.isEmpty() ? "" : "/" + file) + (revision.equals(MAIN) ? "" : "@" + revision);
    }
}
