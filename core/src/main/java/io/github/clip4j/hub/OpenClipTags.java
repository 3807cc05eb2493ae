package io.github.clip4j.hub;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What open_clip calls its pretrained models, and where they are: the ViT models of OpenAI and LAION as of
 * src/open_clip/pretrained.py of open_clip_torch 3.3.0.
 */
final class OpenClipTags {
    /** By model, and then by tag, the repository. */
    private static final Map<String, Map<String, String>> REPOSITORIES = Map.of(
            "ViT-B-32", Map.of(
                    "openai", "timm/vit_base_patch32_clip_224.openai",
                    "laion400m_e31", "timm/vit_base_patch32_clip_224.laion400m_e31",
                    "laion400m_e32", "timm/vit_base_patch32_clip_224.laion400m_e32",
                    "laion2b_e16", "timm/vit_base_patch32_clip_224.laion2b_e16",
                    "laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
                    "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K",
                    "datacomp_m_s128m_b4k", "laion/CLIP-ViT-B-32-DataComp.M-s128M-b4K",
                    "datacomp_s_s13m_b4k", "laion/CLIP-ViT-B-32-DataComp.S-s13M-b4K"),
            "ViT-B-32-256", Map.of(
                    "datacomp_s34b_b86k", "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K"),
            "ViT-B-16", Map.of(
                    "openai", "timm/vit_base_patch16_clip_224.openai",
                    "laion400m_e31", "timm/vit_base_patch16_clip_224.laion400m_e31",
                    "laion400m_e32", "timm/vit_base_patch16_clip_224.laion400m_e32",
                    "laion2b_s34b_b88k", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K",
                    "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K",
                    "datacomp_l_s1b_b8k", "laion/CLIP-ViT-B-16-DataComp.L-s1B-b8K"),
            "ViT-B-16-plus-240", Map.of(
                    "laion400m_e31", "timm/vit_base_patch16_plus_clip_240.laion400m_e31"),
            "ViT-L-14", Map.of(
                    "openai", "timm/vit_large_patch14_clip_224.openai",
                    "laion400m_e31", "timm/vit_large_patch14_clip_224.laion400m_e31",
                    "laion400m_e32", "timm/vit_large_patch14_clip_224.laion400m_e32",
                    "laion2b_s32b_b82k", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K",
                    "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K"),
            "ViT-L-14-336", Map.of(
                    "openai", "timm/vit_large_patch14_clip_336.openai"),
            "ViT-H-14", Map.of(
                    "laion2b_s32b_b79k", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K"),
            "ViT-g-14", Map.of(
                    "laion2b_s12b_b42k", "laion/CLIP-ViT-g-14-laion2B-s12B-b42K",
                    "laion2b_s34b_b88k", "laion/CLIP-ViT-g-14-laion2B-s34B-b88K"),
            "ViT-bigG-14", Map.of(
                    "laion2b_s39b_b160k", "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k"));

    private OpenClipTags() {}

    /**
     * The repository of {@code MODEL/TAG}, or the name itself if it is none of open_clip's.
     *
     * @throws HubException if the model is known and the tag is not
     */
    static String repository(String name) {
        int slash = name.indexOf('/');
        String model = name.substring(0, slash).replaceFirst("-quickgelu$", "");
        Map<String, String> tags = REPOSITORIES.get(model);
        if (tags == null) {
            return name;
        }
        // open_clip takes a tag in either spelling, see _clean_tag
        String repository = tags.get(name.substring(slash + 1).toLowerCase(Locale.ROOT).replace('-', '_'));
        if (repository == null) {
            throw new HubException(name + ": expected a tag of open_clip's " + model + ", one of "
                    + String.join(", ", new TreeMap<>(tags).keySet())
                    + "; another model is named as its repository, ORGANISATION/NAME");
        }
        return repository;
    }
}
