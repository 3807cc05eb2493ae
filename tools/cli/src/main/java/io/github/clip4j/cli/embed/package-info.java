/** What a model makes of images and texts: {@code classify}, {@code embed}, {@code find}, {@code tokenize}, {@code preprocess}. */
package io.github.clip4j.cli.embed;
