/** Models as files: {@code info}, {@code convert}, {@code interpolate}, {@code pull}, {@code models}, {@code synthetic-model}. */
package io.github.clip4j.cli.model;
