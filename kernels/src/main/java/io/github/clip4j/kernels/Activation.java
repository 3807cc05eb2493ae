package io.github.clip4j.kernels;

/** The element-wise activations of the CLIP family. */
public enum Activation {
    /** {@code x * sigmoid(1.702 x)}, the activation of the models that OpenAI trained. */
    QUICK_GELU,
    /** {@code x / 2 * (1 + erf(x / sqrt 2))}, the exact form. */
    GELU
}
