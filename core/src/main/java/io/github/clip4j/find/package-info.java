/** Finding what a text says inside one image, however large: tiles, their scores, a heat map, and places on a map. */
package io.github.clip4j.find;
