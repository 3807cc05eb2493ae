package io.github.clip4j.train;

/** One half of the model: forward that remembers, and backward of the last forward. */
sealed interface TrainableTower permits TrainableVision, TrainableText {
    /** Features [n, projection], not of unit length, of the pairs [first, first + n) of a batch. */
    float[] forward(Batch batch, int first, int n);

    /**
     * Backward of the last forward: adds the gradients of the parameters to theirs.
     *
     * @param dFeatures [n, projection]
     */
    void backward(float[] dFeatures);

    /**
     * Backward of the last forward for what can be seen on the way; gradients stay as they are if nothing is trained.
     */
    void observe(float[] dFeatures, AttentionGradients observer);

    /** Whether any parameter is trained; backward is not to be called otherwise. */
    boolean trained();
}
