package fringe.imagej;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX files made by hand. */
final class TinyNetwork {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final float[] WEIGHT = {-4, 0, 4};
    private static final float[] BIAS = {-1, 1, -1};

    private TinyNetwork() {
    }

    /**
     * A convolution of 1 x 1 from one channel to three, and "Softmax", "Sigmoid" or "Identity". Channel k is
     * weight[k] * pixel + bias[k], so that the standardised pixel decides: dark, middle, bright.
     */
    static void write(Path file, String activation) throws Exception {
        write(file, activation, 1);
    }

    /** The same with more channels, each of which weighs half of what the one before it does. */
    static void write(Path file, String activation, int channels) throws Exception {
        Message conv = new Message().text(1, "x").text(1, "w").text(1, "b").text(2, "y").text(4, "Conv");
        Message last = new Message().text(1, "y").text(2, "z").text(4, activation);
        if (activation.equals("Softmax"))
            last.part(5, new Message().text(1, "axis").number(3, 1).number(20, 2)); // an integer
        Message graph = new Message().part(1, conv).part(1, last).text(2, "tiny");
        float[] weights = new float[WEIGHT.length * channels];
        for (int i = 0; i < weights.length; i++) weights[i] = WEIGHT[i / channels] / (1 << i % channels);
        graph.part(5, tensor("w", weights, WEIGHT.length, channels, 1, 1)).part(5, tensor("b", BIAS, BIAS.length));
        writeModel(file, graph.part(11, image("x", channels)).part(12, image("z", WEIGHT.length)));
    }

    /** One that takes its time: `depth` convolutions of 3 x 3 between 32 channels. What comes out means nothing. */
    static void writeSlow(Path file, int depth) throws Exception {
        final int between = 32;
        Message graph = new Message();
        for (int i = 0; i < depth; i++) {
            int from = i == 0 ? 1 : between, to = i == depth - 1 ? 1 : between;
            Message pads = new Message().text(1, "pads").number(8, 1).number(8, 1).number(8, 1).number(8, 1).number(20, 7);
            graph.part(1, new Message().text(1, "x" + i).text(1, "w" + i).text(2, "x" + (i + 1)).text(4, "Conv").part(5, pads));
            graph.part(5, tensor("w" + i, new float[to * from * 9], to, from, 3, 3));
        }
        graph.part(1, new Message().text(1, "x" + depth).text(2, "y").text(4, "Sigmoid")).text(2, "slow");
        writeModel(file, graph.part(11, image("x0", 1)).part(12, image("y", 1)));
    }

    private static void writeModel(Path file, Message graph) throws Exception {
        Message opset = new Message().number(2, 17);
        Files.write(file, new Message().number(1, 8).part(7, graph).part(8, opset).bytes());
    }

    private static Message tensor(String name, float[] values, int... sizes) {
        Message tensor = new Message();
        for (int size : sizes) tensor.number(1, size);
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) raw.putFloat(value);
        return tensor.number(2, 1).text(8, name).raw(9, raw.array()); // 1: float
    }

    private static Message image(String name, int channels) {
        Message shape = new Message();
        shape.part(1, new Message().number(1, 1)).part(1, new Message().number(1, channels));
        shape.part(1, new Message().text(2, "h")).part(1, new Message().text(2, "w"));
        Message type = new Message().part(1, new Message().number(1, 1).part(2, shape));
        return new Message().text(1, name).part(2, type);
    }

    /** A protobuf message under construction. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private void varint(long value) {
            for (; value > 127; value >>>= 7) out.write((int) (value & 127 | 128));
            out.write((int) value);
        }

        Message number(int field, long value) {
            varint(field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message raw(int field, byte[] bytes) {
            varint(field << 3 | BYTES);
            varint(bytes.length);
            out.write(bytes, 0, bytes.length);
            return this;
        }

        Message text(int field, String text) {
            return raw(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message part(int field, Message message) {
            return raw(field, message.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
