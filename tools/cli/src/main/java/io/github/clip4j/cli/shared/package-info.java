/** What several commands have in common: options, inputs and outputs, errors, progress. */
package io.github.clip4j.cli.shared;
