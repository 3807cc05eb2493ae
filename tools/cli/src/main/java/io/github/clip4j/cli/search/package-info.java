/** Indexes of photographs: {@code index}, {@code search}, {@code export}, {@code import}. */
package io.github.clip4j.cli.search;
