package fringe.imagej;

import ij.process.LUT;
import java.awt.Color;

/** Colours for the numbers of classes: 0 is black, neighbours in number are far apart in hue. */
final class ClassColours {
    /** The golden section's small part never repeats a hue and keeps each one away from those before it. */
    private static final double TURN = 0.38196601125;

    private ClassColours() {
    }

    static LUT table() {
        byte[] red = new byte[256], green = new byte[256], blue = new byte[256];
        for (int i = 1; i < 256; i++) {
            float brightness = i % 3 == 0 ? 0.7f : 1;
            Color colour = Color.getHSBColor((float) (i * TURN), i % 2 == 0 ? 0.6f : 0.95f, brightness);
            red[i] = (byte) colour.getRed();
            green[i] = (byte) colour.getGreen();
            blue[i] = (byte) colour.getBlue();
        }
        return new LUT(red, green, blue);
    }
}
