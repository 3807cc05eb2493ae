/** CLIP as a model of LangChain4j. */
package io.github.clip4j.langchain4j;
