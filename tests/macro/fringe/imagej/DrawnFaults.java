package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Discs of a crystal as waves: whole, with a glide of its layers, with a twin, and noise; and a forest that knows them. */
final class DrawnFaults {
    static final int SIDE = 220;
    static final String[] CLASSES = {"no fault seen", "stacking fault", "twin", "cannot be decided"};
    /** d of {111} is 10 px: gold's. */
    static final double NM_PER_PX = 0.023546;
    private static final int RADIUS = 90;

    private DrawnFaults() {
    }

    static ImageProcessor mask() {
        ByteProcessor mask = new ByteProcessor(SIDE * CLASSES.length, SIDE);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < mask.getWidth(); x++)
                if (inside(x % SIDE - SIDE / 2, y - SIDE / 2)) mask.set(x, y, 255);
        return mask;
    }

    private static boolean inside(double dx, double dy) {
        return dx * dx + dy * dy < RADIUS * RADIUS;
    }

    static ImageProcessor micrograph() {
        FloatProcessor drawn = new FloatProcessor(SIDE * CLASSES.length, SIDE);
        Random random = new Random(8);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < drawn.getWidth(); x++) {
                int disc = x / SIDE;
                double dx = x % SIDE - SIDE / 2, dy = y - SIDE / 2, value = 500 + 15 * random.nextGaussian();
                if (disc < 3 && inside(dx, dy)) value += waves(disc, Math.toRadians(20 + 30 * disc), dx, dy);
                drawn.setf(x, y, (float) value);
            }
        return drawn;
    }

    /** Two {111} and one {200} seen along [110]; the fault lies across the first, 12 px from the middle. */
    private static double waves(int disc, double turn, double dx, double dy) {
        double opening = Math.toRadians(70.5288), sum = 0;
        double[] strength = {20, 16, 9}, n = {Math.cos(turn), Math.sin(turn)};
        double[][] g = {{0.1 * n[0], 0.1 * n[1]}, {0.1 * Math.cos(turn + opening), 0.1 * Math.sin(turn + opening)}, {0, 0}};
        for (int k = 0; k < 2; k++) g[2][k] = g[0][k] - g[1][k];
        boolean behind = dx * n[0] + dy * n[1] > 12;
        for (int i = 0; i < 3; i++) {
            double phase = 0.3 * i, along = 2 * (g[i][0] * n[0] + g[i][1] * n[1]);
            if (behind && disc == 1 && i > 0) phase += (i == 1 ? 1 : -1) * 2 * Math.PI / 3;
            double mirrored = behind && disc == 2 ? along : 0;
            double x = g[i][0] - mirrored * n[0], y = g[i][1] - mirrored * n[1];
            sum += strength[i] * Math.cos(2 * Math.PI * (x * dx + y * dy) + phase);
        }
        return sum;
    }

    /** Trains a forest by the command line, on a table of the features that tell these discs apart. */
    static Path forest(Path folder) throws Exception {
        List<String> names = features();
        StringBuilder table = new StringBuilder(String.join(",", names) + ",class\n");
        Random random = new Random(3);
        for (int row = 0; row < 600; row++) {
            int kind = row % 4;
            for (String name : names) {
                double value = name.equals("spot_count") && kind < 3 ? 3 + random.nextInt(20)
                        : name.equals("glide_1_evidence") ? (kind == 1 ? 5 : 0) + random.nextDouble() * (kind == 1 ? 4 : kind == 2 ? 9 : 3)
                        : name.equals("twin_1_share") ? (kind == 2 ? 0.3 : -0.1) + random.nextDouble() * (kind == 2 ? 0.8 : 0.3) : 0;
                table.append(String.format(Locale.ROOT, "%.6f,", value));
            }
            table.append(CLASSES[kind]).append('\n');
        }
        Files.write(folder.resolve("table.csv"), table.toString().getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("forest.yaml"), ("kind: forest\nname: Drawn faults\n"
                + "data: {table: table.csv, version: " + version() + "}\nforest: {trees: 20}\n").getBytes(StandardCharsets.UTF_8));
        Path log = folder.resolve("log"), made = folder.resolve("drawn-faults");
        int status = new ProcessBuilder(System.getProperty("fringe.program"), "train", folder.resolve("forest.yaml").toString(),
                "-o", made.toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        assertEquals(new String(Files.readAllBytes(log), "UTF-8"), 0, status);
        return made;
    }

    private static String header() throws Exception {
        return new String(Files.readAllBytes(Session.ROOT.resolve("native/faults/fault_features.h")), "UTF-8");
    }

    /** Of the library's features: it refuses forests of others. */
    private static String version() throws Exception {
        Matcher entry = Pattern.compile("FAULT_FEATURES_VERSION = (\\d+)").matcher(header());
        assertTrue(entry.find());
        return entry.group(1);
    }

    /** The names in the library's list, but for those that its forests do not use. */
    private static List<String> features() throws Exception {
        Matcher entry = Pattern.compile("(?m)^ +X\\((\\w+)\\)").matcher(header());
        List<String> names = new ArrayList<>();
        while (entry.find()) if (!entry.group(1).startsWith("published_")) names.add(entry.group(1));
        assertTrue(names.toString(), names.contains("twin_1_share"));
        return names;
    }
}
