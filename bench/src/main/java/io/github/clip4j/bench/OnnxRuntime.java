package io.github.clip4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.clip4j.checkpoint.ClipConfig;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;

/** ONNX Runtime on the CPU with an exported model, one file a tower, each with one input and the features as first output. */
final class OnnxRuntime implements Peer, AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ClipConfig config;
    private final OrtSession visionTower;
    private final OrtSession textTower;

    OnnxRuntime(PeerOptions options, ClipConfig config) throws OrtException {
        this.config = config;
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            session.setIntraOpNumThreads(options.threads());
            visionTower = environment.createSession(options.vision().toString(), session);
            textTower = environment.createSession(options.text().toString(), session);
        }
    }

    @Override
    public String name() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public Answer images(float[] pixels, int n) throws OrtException {
        int size = config.vision().imageSize();
        long[] shape = {n, config.vision().channels(), size, size};
        return run(visionTower, OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape));
    }

    /** Padded to the model's context, the one length that an exported text tower takes. */
    @Override
    public Answer texts(List<int[]> texts) throws OrtException {
        int length = config.text().contextLength();
        LongBuffer ids = LongBuffer.wrap(Padding.ids(texts, length));
        return run(textTower, OnnxTensor.createTensor(environment, ids, new long[]{texts.size(), length}));
    }

    private static Answer run(OrtSession tower, OnnxTensor input) throws OrtException {
        try (input) {
            Map<String, OnnxTensor> inputs = Map.of(tower.getInputNames().iterator().next(), input);
            long start = System.nanoTime();
            try (OrtSession.Result result = tower.run(inputs)) {
                double seconds = Peer.seconds(start);
                return new Answer(((OnnxTensor) result.get(0)).getFloatBuffer().array(), seconds);
            }
        }
    }

    @Override
    public void close() throws OrtException {
        visionTower.close();
        textTower.close();
    }
}
