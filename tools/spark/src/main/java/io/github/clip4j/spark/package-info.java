/** CLIP in Spark: columns of images or texts become columns of vectors. */
package io.github.clip4j.spark;
