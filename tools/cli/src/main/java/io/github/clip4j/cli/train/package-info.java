/** Training: {@code train}, {@code probe}, their settings and reports. */
package io.github.clip4j.cli.train;
