/**
 * Models by name: from the Hugging Face hub, through the cache of Hugging Face's own that Python uses as well. The
 * protocol and the layout of the cache are those of huggingface_hub 1.33 (file_download.py, constants.py).
 */
package io.github.clip4j.hub;
