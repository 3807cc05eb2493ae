package io.github.clip4j.cli.serve;

/** What is done at one address of the API. */
@FunctionalInterface
interface Action {
    /**
     * Answers, or throws before anything was answered.
     *
     * @throws ApiException if the request is at fault, or there is no time for it
     */
    void answer(Exchange exchange);
}
