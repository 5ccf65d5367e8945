package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.io.RoiDecoder;
import ij.measure.ResultsTable;
import ij.plugin.frame.RoiManager;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Robot;
import java.io.ByteArrayOutputStream;
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
import org.junit.Before;
import org.junit.Test;

/** "Fringe Measure..." gives what the command line gives for the same files, and leaves the images as they were. */
public class MeasureTest {
    private static final int WIDTH = 150;
    private static final int HEIGHT = 110;

    private Path folder;

    @Before
    public void clear() throws Exception {
        Session.clear();
        folder = Session.folder();
        ResultsTable.getResultsTable().reset();
    }

    /** Discs that touch, that the edge cuts, with a hole; each drawn with a label of its own, or all with 255. */
    private static ImageProcessor discs(boolean mask, int seed) {
        Random random = new Random(seed);
        ImageProcessor plane = mask ? new ByteProcessor(WIDTH, HEIGHT) : new ShortProcessor(WIDTH, HEIGHT);
        for (int i = 1; i <= 14; i++) {
            int radius = 4 + random.nextInt(9), x = random.nextInt(WIDTH), y = random.nextInt(HEIGHT);
            plane.setValue(mask ? 255 : 40 * i);
            plane.fillOval(x - radius, y - radius, 2 * radius, 2 * radius);
        }
        plane.setValue(mask ? 255 : 1000);
        plane.fillOval(60, 40, 30, 30);
        plane.setValue(0);
        plane.fillOval(70, 50, 9, 9);
        return plane;
    }

    private static ImageProcessor grey(int seed) {
        Random random = new Random(seed);
        ShortProcessor plane = new ShortProcessor(WIDTH, HEIGHT);
        for (int i = 0; i < WIDTH * HEIGHT; i++) plane.set(i, 3000 + 9 * (i % WIDTH) + random.nextInt(700));
        return plane;
    }

    private ImagePlus saved(String name, ImageProcessor... planes) {
        ImageStack stack = new ImageStack(WIDTH, HEIGHT);
        for (ImageProcessor plane : planes) stack.addSlice(plane);
        return saved(name, new ImagePlus(name, stack));
    }

    /** Through a file, which rounds the pixel size: both sides then have the same one. */
    private ImagePlus saved(String name, ImagePlus image) {
        image.getCalibration().setUnit("nm");
        image.getCalibration().pixelWidth = 0.05;
        image.getCalibration().pixelHeight = 0.0503;
        Path file = folder.resolve(name + ".tif");
        Session.save(image, file);
        return IJ.openImage(file.toString());
    }

    private List<String[]> commandLine(String... options) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(System.getProperty("fringe.program"), "measure", "--overwrite"));
        for (String option : options) words.add(option.endsWith(".tif") ? folder.resolve(option).toString() : option);
        words.add(folder.resolve("a-mask.tif").toString());
        Path log = folder.resolve("log");
        int status = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        assertEquals(new String(Files.readAllBytes(log), "UTF-8"), 0, status);
        List<String[]> rows = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("a-mask-particles.csv"))) rows.add(line.split(",", -1));
        return rows;
    }

    /** Columns, their order, and every value but for rounding in the last of its 16 digits; ImageJ shows 9. */
    private static void assertAsCommandLine(String what, List<String[]> expected) {
        ResultsTable table = ResultsTable.getResultsTable();
        String[] headings = expected.get(0);
        List<String> shown = new ArrayList<>(Arrays.asList(table.getColumnHeadings().trim().split("\t")));
        assertEquals(what, Arrays.asList(headings).subList(1, headings.length), shown);
        assertEquals(what, expected.size() - 1, table.size());
        assertTrue(what, table.size() > 0);
        for (int row = 0; row < table.size(); row++)
            for (int column = 1; column < headings.length; column++) {
                String cell = expected.get(row + 1)[column], at = what + ", " + headings[column] + " of row " + (row + 1);
                if (headings[column].equals("Label") || headings[column].equals("unit")) {
                    assertEquals(at, cell, table.getStringValue(headings[column], row));
                    continue;
                }
                // Of a file's pixels per nm ImageJ takes the reciprocal, the library the inverse fraction.
                double wanted = Double.parseDouble(cell), rounding = 1e-14 * Math.max(1, Math.abs(wanted));
                assertEquals(at, wanted, table.getValue(headings[column], row), rounding);
            }
    }

    @Test
    public void everyColumnIsTheCommandLines() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 1)), image = saved("a", grey(1));
        FloatProcessor map = grey(2).convertToFloatProcessor();
        map.multiply(1 / 8000.0);
        ImagePlus probability = saved("a-probability", map);
        mask.show();
        image.show();
        probability.show();
        IJ.run(mask, "Fringe Measure...", "border=mark");
        assertAsCommandLine("mask alone", commandLine());
        String[][] options = {{"fill_holes", "--fill-holes"}, {"connectivity=4", "--connectivity", "4"},
            {"split=0.7", "--split", "0.7"}, {"min_diameter=0.7", "--min-diameter", "0.7"},
            {"max_diameter=1.1", "--max-diameter", "1.1"}, {"min_pixels=200", "--min-pixels", "200"},
            {"border=exclude", "--border", "exclude"}, {"pixel_size=0.02", "--pixel-size", "0.02"}};
        for (String[] option : options) {
            ResultsTable.getResultsTable().reset();
            IJ.run(mask, "Fringe Measure...", "image=a.tif probability=a-probability.tif " + option[0]);
            List<String> words = new ArrayList<>(Arrays.asList("--image", "a.tif", "--probability", "a-probability.tif"));
            words.addAll(Arrays.asList(option).subList(1, option.length));
            assertAsCommandLine(option[0], commandLine(words.toArray(new String[0])));
        }
        assertEquals("no image is made that was not asked for", 3, WindowManager.getImageCount());
    }

    @Test
    public void mapsOfNumbersAsTheCommandLine() throws Exception {
        ImageProcessor map = discs(true, 3).convertToFloat();
        map.blurGaussian(2);
        ImagePlus image = saved("a-mask", map);
        image.show();
        IJ.run(image, "Fringe Measure...", "threshold=127.5");
        assertAsCommandLine("threshold", commandLine("--threshold", "127.5"));
    }

    /** What counts is the number of a pixel, under every table of colours. */
    @Test
    public void labelsAsTheCommandLine() throws Exception {
        ImagePlus labels = saved("a-mask", discs(false, 4));
        labels.show();
        IJ.run(labels, "Fringe Measure...", "border=mark");
        assertAsCommandLine("labels", commandLine());
        for (String table : new String[] {"Invert LUT", "Fire"}) {
            ImagePlus plain = new ImagePlus("", discs(true, 4));
            plain.show();
            IJ.run(plain, table, "");
            ImagePlus mask = saved("a-mask", plain);
            mask.show();
            ResultsTable.getResultsTable().reset();
            IJ.run(mask, "Fringe Measure...", "border=mark");
            assertAsCommandLine(table, commandLine());
            assertEquals(table, 255, ResultsTable.getResultsTable().getValue("input_value", 0), 0);
        }
    }

    @Test
    public void stacksAsTheCommandLine() throws Exception {
        ImagePlus masks = saved("a-mask", discs(true, 5), discs(true, 6), discs(true, 7));
        saved("a", grey(5), grey(6), grey(7)).show();
        masks.show();
        IJ.run(masks, "Fringe Measure...", "image=a.tif stack overlay");
        List<String[]> expected = commandLine("--image", "a.tif");
        assertAsCommandLine("stack", expected);
        ImagePlus image = WindowManager.getImage("a.tif");
        assertNull("outlines are drawn on the micrograph", masks.getOverlay());
        Roi last = image.getOverlay().get(image.getOverlay().size() - 1);
        assertEquals(3, last.getPosition());
        assertTrue(last.getName(), last.getName().startsWith("0003-"));
        masks.setSlice(2);
        ResultsTable.getResultsTable().reset();
        IJ.run(masks, "Fringe Measure...", "image=a.tif");
        int slice = Arrays.asList(expected.get(0)).indexOf("Slice");
        expected.removeIf(row -> !row[slice].equals("2") && !row[slice].equals("Slice"));
        assertAsCommandLine("the second slice", expected);
    }

    /** The same as the command line's label image and ROI zip, at the same places. */
    @Test
    public void outlinesAndLabelsAsTheCommandLine() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 8));
        mask.show();
        commandLine();
        RoiManager manager = RoiManager.getRoiManager();
        manager.addRoi(new Roi(1, 2, 3, 4));
        mask.setOverlay(new Overlay(new Roi(5, 6, 7, 8)));
        IJ.run(mask, "Fringe Measure...", "overlay roi_manager labels");
        ImagePlus labels = Session.shown("a-mask-labels");
        ImagePlus expected = IJ.openImage(folder.resolve("a-mask-labels.tif").toString());
        Session.assertSamePixels("labels", expected, labels);
        assertEquals(expected.getDisplayRangeMax(), labels.getDisplayRangeMax(), 0);
        assertEquals("nm", labels.getCalibration().getUnit());
        List<Roi> rois = rois(folder.resolve("a-mask-rois.zip"));
        assertTrue(rois.size() > 2);
        assertEquals(1 + rois.size(), manager.getCount());
        assertEquals(1 + rois.size(), mask.getOverlay().size());
        for (int i = 0; i < rois.size(); i++) {
            assertEquals(rois.get(i), manager.getRoi(i + 1));
            assertEquals(rois.get(i).getName(), manager.getRoi(i + 1).getName());
            assertEquals(rois.get(i), mask.getOverlay().get(i + 1));
        }
        IJ.run(mask, "Fringe Measure...", "overlay");
        assertEquals("an earlier run's outlines are replaced", 1 + rois.size(), mask.getOverlay().size());
        assertEquals("rows are appended", 2 * rois.size(), ResultsTable.getResultsTable().size());
    }

    private static List<Roi> rois(Path zip) throws Exception {
        List<Roi> rois = new ArrayList<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : Collections.list(file.entries())) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (InputStream in = file.getInputStream(entry)) {
                    for (int next = in.read(); next >= 0; next = in.read()) bytes.write(next);
                }
                rois.add(RoiDecoder.openFromByteArray(bytes.toByteArray()));
            }
        }
        return rois;
    }

    /** Cropped first; but places are those in the whole image. */
    @Test
    public void selectionsAreCroppedFirst() throws Exception {
        ImagePlus mask = new ImagePlus("a-mask.tif", discs(true, 9));
        mask.getCalibration().setUnit("nm");
        mask.getCalibration().pixelWidth = mask.getCalibration().pixelHeight = 0.25;
        mask.setRoi(30, 20, 90, 70);
        ImagePlus crop = mask.crop();
        crop.show();
        IJ.run(crop, "Fringe Measure...", "border=mark");
        ResultsTable expected = (ResultsTable) ResultsTable.getResultsTable().clone();
        ResultsTable.getResultsTable().reset();
        mask.show();
        IJ.run(mask, "Fringe Measure...", "overlay");
        ResultsTable table = ResultsTable.getResultsTable();
        assertEquals(expected.size(), table.size());
        for (int i = 0; i < table.size(); i++) {
            assertEquals(expected.getValue("Area", i), table.getValue("Area", i), 0);
            assertEquals(expected.getValue("X", i) + 30 * 0.25, table.getValue("X", i), 1e-12);
            assertEquals(expected.getValue("BY", i) + 20 * 0.25, table.getValue("BY", i), 1e-12);
            assertEquals(expected.getValue("FeretX", i) + 30, table.getValue("FeretX", i), 0);
            assertEquals(expected.getValue("FeretY", i) + 20, table.getValue("FeretY", i), 0);
            assertEquals(table.getValue("BX", i) / 0.25, mask.getOverlay().get(i).getBounds().x, 1e-9);
            assertEquals(table.getValue("BY", i) / 0.25, mask.getOverlay().get(i).getBounds().y, 1e-9);
        }
    }

    /** ImageJ's own rows and ours share their columns, in whichever order they come. */
    @Test
    public void rowsOfImageJBesideOurs() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 10));
        mask.show();
        IJ.run("Set Measurements...", "area centroid perimeter display redirect=None decimal=5");
        mask.setRoi(10, 10, 20, 20);
        IJ.run(mask, "Measure", "");
        mask.deleteRoi();
        IJ.run(mask, "Fringe Measure...", "border=mark");
        ResultsTable table = ResultsTable.getResultsTable();
        assertEquals("a-mask.tif", table.getLabel(0));
        assertEquals(400 * mask.getCalibration().pixelWidth * mask.getCalibration().pixelHeight, table.getValue("Area", 0), 1e-9);
        List<String[]> expected = commandLine();
        assertEquals(expected.size(), table.size());
        int area = Arrays.asList(expected.get(0)).indexOf("Area");
        assertEquals(Double.parseDouble(expected.get(1)[area]), table.getValue("Area", 1), 1e-12);
    }

    private static String refused(ImagePlus image, String options) {
        String select = image == null ? "" : "selectImage(" + image.getID() + ");\n";
        return IJ.runMacro(select + "run(\"Fringe Macro Extensions\");\nExt.fringeMeasure(\"" + options + "\", error);\nreturn error;");
    }

    /** What cannot be done is told in words; no row is added and no image stays locked. */
    @Test
    public void whatCannotBeMeasuredIsToldInWords() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 11));
        assertEquals("there is no image", refused(null, ""));
        new ImagePlus("small.tif", new ByteProcessor(9, 8)).show();
        saved("two", grey(1), grey(2)).show();
        ImagePlus locked = saved("locked", grey(3));
        locked.show();
        mask.show();
        String sizes = refused(mask, "image=small.tif");
        assertTrue(sizes, sizes.contains("9 x 8") && sizes.contains(WIDTH + " x " + HEIGHT));
        String slices = refused(mask, "image=two.tif stack");
        assertTrue(slices, slices.contains("2 slices") && slices.contains("1"));
        assertTrue(refused(mask, "image=closed.tif").contains("no image 'closed.tif' is open"));
        assertTrue(refused(mask, "border=sometimes").contains("'sometimes' is none of mark, keep, exclude"));
        assertTrue(refused(mask, "split=3").contains("a neck of 3 is not within 0 to 1"));
        assertTrue(refused(mask, "min_pixels=few").contains("'few' is no number"));
        assertTrue(refused(mask, "min_pixels=-1").contains("-1"));
        assertTrue(refused(mask, "channel=2 image=locked.tif").contains("channel 2 is asked of the image with 1"));
        Thread other = new Thread(locked::lockSilently);
        other.start();
        other.join();
        assertTrue(refused(mask, "image=locked.tif").contains("another command works on it"));
        locked.unlock();
        ImagePlus grey = saved("a-mask", grey(4).convertToFloat());
        grey.getProcessor().setf(0, 0.5f);
        grey.show();
        String labels = refused(grey, "");
        assertTrue(labels, labels.contains("pixel (0, 0) is 0.5; labels are whole numbers"));
        assertEquals(0, ResultsTable.getResultsTable().size());
        for (int id : WindowManager.getIDList()) assertFalse(WindowManager.getImage(id).isLocked());
    }

    @Test
    public void imagesWithoutParticlesOrPixelSize() throws Exception {
        ImagePlus empty = new ImagePlus("empty", new ByteProcessor(20, 20));
        empty.show();
        assertEquals("", refused(empty, "overlay labels roi_manager"));
        assertEquals(0, ResultsTable.getResultsTable().size());
        assertEquals(0, Session.shown("empty-labels").getStatistics().max, 0);
        ImagePlus plain = new ImagePlus("plain", discs(true, 12));
        plain.show();
        assertEquals("", refused(plain, ""));
        assertEquals("pixel", ResultsTable.getResultsTable().getStringValue("unit", 0));
        assertEquals(ResultsTable.getResultsTable().getValue("pixels", 0), ResultsTable.getResultsTable().getValue("Area", 0), 0);
    }

    /** More particles than 16 bits have numbers: the label image has 32, and no outline is lost. */
    @Test
    public void manyParticles() {
        ByteProcessor points = new ByteProcessor(600, 600);
        for (int y = 0; y < 600; y += 2) for (int x = 0; x < 600; x += 2) points.set(x, y, 255);
        ImagePlus image = new ImagePlus("points", points);
        image.show();
        IJ.run(image, "Fringe Measure...", "labels");
        assertEquals(90000, ResultsTable.getResultsTable().size());
        ImagePlus labels = Session.shown("points-labels");
        assertEquals(32, labels.getBitDepth());
        assertEquals(90000, labels.getProcessor().getf(598, 598), 0);
    }

    @Test
    public void inputsStayAsTheyAre() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 13)), image = saved("a", grey(13));
        Robot screen = new Robot();
        image.show();
        screen.waitForIdle(); // windows are told late that they are active
        mask.show(); // the current one: of others ImageJ frees the undo buffer
        screen.waitForIdle();
        Session.await("the mask is the current image", () -> WindowManager.getCurrentImage() == mask);
        ImageProcessor pixels = mask.getProcessor();
        pixels.snapshot();
        Object snapshot = pixels.getSnapshotPixels();
        ImageStack masks = mask.getStack().duplicate(), greys = image.getStack().duplicate();
        IJ.run(mask, "Fringe Measure...", "image=a.tif overlay");
        Session.assertSamePixels("mask", new ImagePlus("", masks), mask);
        Session.assertSamePixels("image", new ImagePlus("", greys), image);
        assertSame(snapshot, pixels.getSnapshotPixels());
        assertSame(pixels, mask.getProcessor());
        assertFalse(mask.isLocked() || image.isLocked());
    }

    @Test
    public void withoutWindows() throws Exception {
        ImagePlus mask = saved("a-mask", discs(true, 14));
        mask.show();
        IJ.selectWindow(mask.getID());
        String count = IJ.runMacro("return call(\"fringe.imagej.MeasureCommand.call\", \"border=exclude\");");
        assertEquals(Integer.toString(ResultsTable.getResultsTable().size()), count);
        assertAsCommandLine("call", commandLine("--border", "exclude"));
    }
}
