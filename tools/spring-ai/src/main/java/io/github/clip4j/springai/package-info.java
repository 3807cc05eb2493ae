/** CLIP as models of Spring AI. */
package io.github.clip4j.springai;
