package fringe;

import java.nio.file.Path;
import java.nio.file.Paths;

/** What the tests share: the tree's own model and micrographs, and small images made here. */
final class TestImages {
    static final Path ROOT = Paths.get(System.getProperty("fringe.root"));
    static final String MODEL = ROOT.resolve("models/hrtem-particles").toString();
    static final int HEIGHT = 96;
    static final int WIDTH = 112;

    private TestImages() {
    }

    static String micrograph(String name) {
        return ROOT.resolve("examples/micrographs").resolve(name).toString();
    }

    /** Lattice fringes in a disc, noise around it; integers from 0 to 255. */
    static float[] disc() {
        float[] pixels = new float[HEIGHT * WIDTH];
        java.util.Random random = new java.util.Random(7);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                double radius = Math.hypot(y - HEIGHT / 2, x - WIDTH / 2);
                double fringes = radius < 30 ? 60 * Math.cos(x * 2 * Math.PI / 11) : 0;
                double value = 128 + fringes + 12 * random.nextGaussian();
                pixels[y * WIDTH + x] = Math.round(Math.max(0, Math.min(255, value)));
            }
        return pixels;
    }

    static Micrograph discMicrograph() {
        return Micrograph.of(disc(), 0, 1, HEIGHT, WIDTH);
    }
}
