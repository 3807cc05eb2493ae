/** How good, how exact and how fast a model is: {@code evaluate}, {@code compare}, {@code benchmark}. */
package io.github.clip4j.cli.evaluate;
