/**
 * The form in which large collections of images are kept: tars of some thousand samples, each a run of members with one
 * key, {@code 000000012.jpg}, {@code 000000012.txt}, {@code 000000012.json}.
 */
package io.github.clip4j.webdataset;
