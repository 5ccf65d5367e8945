package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.io.RoiDecoder;
import ij.measure.Calibration;
import ij.measure.Measurements;
import ij.measure.ResultsTable;
import ij.plugin.filter.Analyzer;
import ij.plugin.filter.ParticleAnalyzer;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;
import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.Test;

/** ImageJ's particle analyzer as the judge of `fringe measure`: every column of its table, and its selections. */
public class ParticlesTest {
    private static final int CELL = 40;
    private static final int COLUMNS = 14;
    private static final int ROWS = 9;
    private static final int ALL = Measurements.AREA | Measurements.MEAN | Measurements.STD_DEV | Measurements.MODE
        | Measurements.MIN_MAX | Measurements.CENTROID | Measurements.CENTER_OF_MASS | Measurements.PERIMETER
        | Measurements.RECT | Measurements.ELLIPSE | Measurements.SHAPE_DESCRIPTORS | Measurements.FERET
        | Measurements.INTEGRATED_DENSITY | Measurements.MEDIAN | Measurements.SKEWNESS | Measurements.KURTOSIS
        | Measurements.AREA_FRACTION;

    /** Shapes on a grid, each in a cell of its own; those of the outermost cells are cut by the edge. */
    private static ByteProcessor shapes() {
        ByteProcessor mask = new ByteProcessor(COLUMNS * CELL - 20, ROWS * CELL - 20);
        Random random = new Random(17);
        java.awt.image.BufferedImage picture = mask.getBufferedImage();
        for (int row = 0; row < ROWS; row++)
            for (int column = 0; column < COLUMNS; column++) {
                java.awt.Graphics2D pen = picture.createGraphics();
                pen.setColor(Color.WHITE);
                pen.clipRect(column * CELL - 9, row * CELL - 9, CELL - 2, CELL - 2);
                pen.transform(AffineTransform.getTranslateInstance(column * CELL + 10, row * CELL + 10));
                draw(pen, (row * COLUMNS + column) % 12, random);
                pen.dispose();
            }
        byte[] drawn = ((java.awt.image.DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        byte[] pixels = (byte[]) mask.getPixels();
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (drawn[i] != 0 ? 255 : 0);
        return mask;
    }

    private static void draw(java.awt.Graphics2D pen, int kind, Random random) {
        switch (kind) {
        case 0:
            pen.fillRect(0, 0, 1, 1);
            break;
        case 1: // connected at corners only
            for (int i = 0; i < 6; i++) pen.fillRect(i, i, 1, 1);
            break;
        case 2:
            pen.fillRect(-8, 0, 1 + random.nextInt(15), 1);
            break;
        case 3:
            pen.fillRect(0, -8, 1, 2 + random.nextInt(15));
            break;
        case 4:
            pen.fillRect(-7, -7, 14, 14);
            break;
        case 5: // a ring
            pen.fillOval(-13, -13, 26, 26);
            pen.setColor(Color.BLACK);
            pen.fillOval(-5, -6, 11, 10);
            break;
        case 6: // an L
            pen.fillRect(-10, -10, 5, 20);
            pen.fillRect(-10, 4, 18, 6);
            break;
        case 7: // noise around a core
            pen.fillRect(-4, -4, 8, 8);
            for (int i = 0; i < 120; i++) pen.fillRect(random.nextInt(21) - 10, random.nextInt(21) - 10, 1, 1);
            break;
        default:
            pen.rotate(random.nextDouble() * Math.PI);
            pen.fill(new Ellipse2D.Double(-3 - random.nextInt(10), -3 - random.nextInt(10), 6 + random.nextInt(18),
                6 + random.nextInt(18)));
        }
    }

    private static ImageProcessor grey(int width, int height, int bits) {
        ij.process.FloatProcessor values = new ij.process.FloatProcessor(width, height);
        Random random = new Random(bits);
        for (int i = 0; i < width * height; i++)
            values.setf(i, (float) (90 + i % width / 8.0 + 12 * random.nextGaussian()));
        if (bits == 8) return values.convertToByte(false);
        if (bits == 16) values.multiply(37);
        return bits == 16 ? values.convertToShort(false) : values;
    }

    private static ImagePlus calibrated(String title, ImageProcessor pixels, double width, double height) {
        ImagePlus image = new ImagePlus(title, pixels);
        if (width > 0) {
            Calibration calibration = image.getCalibration();
            calibration.setUnit("nm");
            calibration.pixelWidth = width;
            calibration.pixelHeight = height;
        }
        return image;
    }

    private static ResultsTable judge(ImagePlus mask, ImagePlus grey, int options) {
        ResultsTable table = new ResultsTable();
        mask.getProcessor().setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
        Analyzer.setRedirectImage(grey);
        ParticleAnalyzer analyzer = new ParticleAnalyzer(options, ALL, table, 0, Double.POSITIVE_INFINITY);
        assertTrue(analyzer.analyze(mask));
        Analyzer.setRedirectImage(null);
        return table;
    }

    private static Path measure(Path folder, ImagePlus mask, ImagePlus grey, String... options) throws Exception {
        assertTrue(new FileSaver(mask).saveAsTiff(folder.resolve("a-mask.tif").toString()));
        assertTrue(new FileSaver(grey).saveAsTiff(folder.resolve("a.tif").toString()));
        List<String> line = new ArrayList<>(Arrays.asList(System.getProperty("fringe.program"), "measure", "--overwrite",
            "--image", folder.resolve("a.tif").toString(), folder.resolve("a-mask.tif").toString()));
        line.addAll(Arrays.asList(options));
        Process process = new ProcessBuilder(line).redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile()).start();
        assertEquals(new String(Files.readAllBytes(folder.resolve("said")), "UTF-8"), 0, process.waitFor());
        return folder.resolve("a-mask-particles.csv");
    }

    private static List<String[]> rows(Path table) throws Exception {
        List<String[]> rows = new ArrayList<>();
        for (String line : Files.readAllLines(table)) rows.add(line.split(",", -1));
        return rows;
    }

    /** Angles of what is round say nothing, and those of 0 and 180 degrees are one. */
    private static double difference(String column, double expected, double found, boolean round) {
        if (column.endsWith("Angle")) {
            double apart = Math.abs(expected - found) % 180;
            return round ? 0 : Math.min(apart, 180 - apart) / 100;
        }
        if (Double.isNaN(expected) || Double.isNaN(found)) return Double.isNaN(expected) == Double.isNaN(found) ? 0 : 1;
        return Math.abs(expected - found) / Math.max(1, Math.abs(expected));
    }

    private static void compare(String what, ResultsTable expected, Path table, boolean withEllipses) throws Exception {
        List<String[]> rows = rows(table);
        List<String> headings = Arrays.asList(rows.get(0));
        assertEquals(what, expected.size(), rows.size() - 1);
        int compared = 0;
        for (String column : expected.getHeadings()) {
            boolean ellipse = Arrays.asList("Major", "Minor", "Angle", "AR", "Round").contains(column);
            if (ellipse && !withEllipses) continue;
            int at = headings.indexOf(column);
            assertTrue(what + " " + column, at > 0);
            for (int i = 0; i < expected.size(); i++) {
                boolean constant = expected.getValue("StdDev", i) == 0; // ImageJ divides rounding errors there
                if (constant && (column.equals("Skew") || column.equals("Kurt"))) continue;
                double wanted = expected.getValue(column, i), found = Double.parseDouble(rows.get(i + 1)[at]);
                boolean round = ellipse && expected.getValue("AR", i) < 1.001;
                // ImageJ's higher moments are differences of powers of the mean, its ellipse uses rounded constants,
                // and its TIFF rounds pixel sizes.
                double lost = 1e-14 * Math.pow(expected.getValue("Mean", i) / expected.getValue("StdDev", i), 4);
                boolean higher = column.equals("Skew") || column.equals("Kurt");
                double allowed = higher ? 1e-6 + lost : ellipse ? 1e-5 : 2e-7;
                assertTrue(what + " " + column + " of particle " + (i + 1) + ": ImageJ has " + wanted + ", fringe " + found,
                    difference(column, wanted, found, round) <= allowed);
                compared++;
            }
        }
        assertTrue(what + ": " + compared + " values", compared > 30 * expected.size() - 5 * expected.size());
    }

    private static Path folder() throws Exception {
        Path folder = Session.folder().resolve("measured");
        Files.createDirectories(folder);
        for (File file : folder.toFile().listFiles()) file.delete();
        return folder;
    }

    @Test
    public void everyColumnIsImageJs() throws Exception {
        ByteProcessor shapes = shapes();
        double[][] sizes = {{0, 0}, {0.05, 0.05}, {0.05, 0.0503}, {0.05, 0.07}};
        for (int bits : new int[] {8, 16, 32})
            for (double[] size : sizes) {
                String what = bits + " bits, pixels of " + size[0] + " x " + size[1];
                ImagePlus mask = calibrated("a-mask", shapes.duplicate(), size[0], size[1]);
                ImagePlus grey = calibrated("a", grey(shapes.getWidth(), shapes.getHeight(), bits), size[0], size[1]);
                Path table = measure(folder(), mask, grey);
                compare(what, judge(mask, grey, ParticleAnalyzer.SHOW_NONE), table, size[1] < 0.07);
            }
    }

    @Test
    public void optionsMeanWhatImageJsMean() throws Exception {
        ByteProcessor shapes = shapes();
        ImagePlus mask = calibrated("a-mask", shapes, 0.05, 0.05);
        ImagePlus grey = calibrated("a", grey(shapes.getWidth(), shapes.getHeight(), 8), 0.05, 0.05);
        compare("edges", judge(mask, grey, ParticleAnalyzer.EXCLUDE_EDGE_PARTICLES),
            measure(folder(), mask, grey, "--border", "exclude"), true);
        compare("holes", judge(mask, grey, ParticleAnalyzer.INCLUDE_HOLES),
            measure(folder(), mask, grey, "--fill-holes"), true);
        compare("four", judge(mask, grey, ParticleAnalyzer.FOUR_CONNECTED | ParticleAnalyzer.INCLUDE_HOLES),
            measure(folder(), mask, grey, "--fill-holes", "--connectivity", "4"), true);
    }

    @Test
    public void stacksAreMeasuredSliceBySlice() throws Exception {
        ByteProcessor shapes = shapes();
        ImageProcessor turned = shapes.duplicate();
        turned.flipHorizontal();
        ij.ImageStack masks = new ij.ImageStack(shapes.getWidth(), shapes.getHeight());
        ij.ImageStack greys = new ij.ImageStack(shapes.getWidth(), shapes.getHeight());
        for (ImageProcessor slice : new ImageProcessor[] {shapes, turned}) {
            masks.addSlice(slice);
            greys.addSlice(grey(shapes.getWidth(), shapes.getHeight(), 16));
        }
        Path table = measure(folder(), new ImagePlus("a-mask", masks), new ImagePlus("a", greys));
        List<String[]> rows = rows(table);
        int slice = Arrays.asList(rows.get(0)).indexOf("Slice"), area = Arrays.asList(rows.get(0)).indexOf("Area");
        ResultsTable first = judge(new ImagePlus("", shapes), null, ParticleAnalyzer.SHOW_NONE);
        ResultsTable second = judge(new ImagePlus("", turned), null, ParticleAnalyzer.SHOW_NONE);
        assertEquals(first.size() + second.size(), rows.size() - 1);
        for (int i = 0; i < rows.size() - 1; i++) {
            boolean later = i >= first.size();
            assertEquals(later ? "2" : "1", rows.get(i + 1)[slice]);
            double wanted = later ? second.getValue("Area", i - first.size()) : first.getValue("Area", i);
            assertEquals(wanted, Double.parseDouble(rows.get(i + 1)[area]), 0);
        }
        Path zip = table.resolveSibling("a-mask-rois.zip");
        List<Roi> rois = rois(zip);
        assertEquals(rows.size() - 1, rois.size());
        assertEquals(2, rois.get(rois.size() - 1).getPosition());
        assertEquals("0001-0001", rois.get(0).getName());
    }

    private static List<Roi> rois(Path zip) throws Exception {
        List<Roi> rois = new ArrayList<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : Collections.list(file.entries())) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (InputStream in = file.getInputStream(entry)) {
                    byte[] block = new byte[4096];
                    for (int got; (got = in.read(block)) > 0;) bytes.write(block, 0, got);
                }
                Roi roi = new RoiDecoder(bytes.toByteArray(), entry.getName()).getRoi();
                assertEquals(entry.getName(), roi.getName() + ".roi");
                rois.add(roi);
            }
        }
        return rois;
    }

    /** The selections are those that ImageJ's wand makes: their length is the perimeter, their box the box. */
    @Test
    public void selectionsAreTraced() throws Exception {
        ByteProcessor shapes = shapes();
        ImagePlus mask = calibrated("a-mask", shapes, 0.05, 0.05);
        ImagePlus grey = calibrated("a", grey(shapes.getWidth(), shapes.getHeight(), 8), 0.05, 0.05);
        Path table = measure(folder(), mask, grey);
        ResultsTable expected = judge(mask, grey, ParticleAnalyzer.SHOW_NONE);
        List<Roi> rois = rois(table.resolveSibling("a-mask-rois.zip"));
        assertEquals(expected.size(), rois.size());
        for (int i = 0; i < rois.size(); i++) {
            Roi roi = rois.get(i);
            assertEquals(Roi.TRACED_ROI, roi.getType());
            assertEquals(String.format("%04d", i + 1), roi.getName());
            roi.setImage(mask);
            assertEquals(expected.getValue("Perim.", i), roi.getLength(), 1e-9);
            assertEquals(expected.getValue("BX", i), roi.getBounds().x * 0.05, 1e-9);
            assertEquals(expected.getValue("Height", i), roi.getBounds().height * 0.05, 1e-9);
        }
    }

    /** ImageJ opens the table as its own, and the labels as an image of 16 bits in nm. */
    @Test
    public void imageJOpensTableAndLabels() throws Exception {
        ByteProcessor shapes = shapes();
        ImagePlus mask = calibrated("a-mask", shapes, 0.05, 0.05);
        ImagePlus grey = calibrated("a", grey(shapes.getWidth(), shapes.getHeight(), 8), 0.05, 0.05);
        Path table = measure(folder(), mask, grey);
        ResultsTable opened = ResultsTable.open(table.toString());
        ResultsTable expected = judge(mask, grey, ParticleAnalyzer.SHOW_NONE);
        assertEquals(expected.size(), opened.size());
        assertEquals(expected.getValue("Perim.", 7), opened.getValue("Perim.", 7), 1e-9);
        assertEquals("a-mask.tif", opened.getStringValue("Label", 3));
        assertEquals("nm", opened.getStringValue("unit", 3));
        ImagePlus labels = ij.IJ.openImage(table.resolveSibling("a-mask-labels.tif").toString());
        assertEquals(16, labels.getBitDepth());
        assertEquals("nm", labels.getCalibration().getUnit());
        assertEquals(0.05, labels.getCalibration().pixelWidth, 1e-9);
        assertEquals(expected.size(), labels.getStatistics(Measurements.MIN_MAX).max, 0);
    }
}
