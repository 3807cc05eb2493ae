/** Files of embeddings, read and written: {@code .npy}, {@code .safetensors}, {@code .jsonl}. */
package io.github.clip4j.cli.vectors;
