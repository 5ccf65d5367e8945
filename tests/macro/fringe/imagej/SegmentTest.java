package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.Prefs;
import ij.WindowManager;
import ij.gui.OvalRoi;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.plugin.frame.RoiManager;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.junit.Before;
import org.junit.Test;

/** "Fringe Segment..." gives what the command line gives, of every kind of image, and leaves the input as it was. */
public class SegmentTest {
    @Before
    public void clear() {
        Session.clear();
    }

    private static void segment(ImagePlus image, String options) {
        image.show();
        IJ.run(image, "Fringe Segment...", Session.MODEL + options);
    }

    private static void assertAsCommandLine(ImagePlus image, String options, String... commandLine) throws Exception {
        ImagePlus mask = Session.commandLine(image, "mask", commandLine);
        ImagePlus probability = Session.commandLine(image, "probability", commandLine);
        ImageStack before = image.getStack().duplicate();
        segment(image, "mask probability " + options);
        Session.assertSamePixels("mask", mask, Session.shown("part-mask"));
        Session.assertSamePixels("probability", probability, Session.shown("part-probability"));
        Session.assertSamePixels("the input", new ImagePlus("", before), image);
        int foreground = 0;
        for (byte label : (byte[]) mask.getProcessor().getPixels()) foreground += label == 0 ? 0 : 1;
        assertTrue(foreground + " pixels of particles", foreground > 100);
        Session.clear();
    }

    @Test
    public void everyTypeAsTheCommandLine() throws Exception {
        for (String type : new String[] {"8-bit", "16-bit", "32-bit", "RGB Color"}) {
            ImagePlus image = Session.micrograph();
            IJ.run(image, type, "");
            assertAsCommandLine(image, "");
        }
    }

    @Test
    public void thresholdAndPixelSizeAsTheCommandLine() throws Exception {
        assertAsCommandLine(Session.micrograph(), "threshold=0.31 pixel_size=0.028 normalize=zscore mirror",
                "--threshold", "0.31", "--pixel-size", "0.028", "--normalize", "zscore", "--mirror");
    }

    @Test
    public void signedImagesAsTheCommandLine() throws Exception {
        ImagePlus image = Session.micrograph();
        IJ.run(image, "16-bit", "");
        short[] pixels = (short[]) image.getProcessor().getPixels();
        for (int i = 0; i < pixels.length; i++) pixels[i] = (short) ((pixels[i] & 0xffff) + 32768 - 4000);
        image.getCalibration().setSigned16BitCalibration();
        assertTrue(image.getCalibration().getCValue(pixels[0] & 0xffff) < 32767);
        assertAsCommandLine(image, "");
    }

    @Test
    public void tablesOfColoursAsTheCommandLine() throws Exception {
        for (String table : new String[] {"Fire", "Invert LUT"}) {
            ImagePlus image = Session.micrograph();
            IJ.run(image, "8-bit", "");
            IJ.run(image, table, "");
            assertAsCommandLine(image, "");
        }
    }

    @Test
    public void pixelsThatAreNotSquareAsTheCommandLine() throws Exception {
        ImagePlus image = Session.micrograph();
        image.getCalibration().pixelHeight *= 1.25;
        assertAsCommandLine(image, "");
    }

    private static ImagePlus stack(int slices) {
        ImagePlus first = Session.micrograph();
        ImageStack stack = new ImageStack(first.getWidth(), first.getHeight());
        for (int i = 0; i < slices; i++) {
            ImageProcessor slice = first.getProcessor().duplicate();
            slice.translate(7 * i, -5 * i);
            stack.addSlice("slice " + (i + 1), slice);
        }
        ImagePlus image = new ImagePlus("part.tif", stack);
        image.setCalibration(first.getCalibration());
        return image;
    }

    @Test
    public void stacksAsTheCommandLine() throws Exception {
        assertAsCommandLine(stack(3), "stack");
        ImagePlus image = stack(3);
        image.getCalibration().pixelDepth = 2;
        segment(image, "stack");
        ImagePlus mask = Session.shown("part-mask");
        assertEquals("slice 2", mask.getStack().getSliceLabel(2));
        assertEquals(2, mask.getCalibration().pixelDepth, 0);
    }

    @Test
    public void oneSliceOfAStack() throws Exception {
        ImagePlus image = stack(3);
        image.show();
        image.setSlice(2);
        segment(image, "mask");
        ImagePlus mask = Session.shown("part-mask");
        assertEquals(1, mask.getStackSize());
        ImagePlus alone = new ImagePlus("alone", image.getStack().getProcessor(2));
        alone.setCalibration(image.getCalibration());
        Session.assertSamePixels("slice 2", Session.commandLine(alone, "mask"), mask);
        assertEquals(2, image.getCurrentSlice());
    }

    @Test
    public void hyperstacksKeepTheirOrder() throws Exception {
        ImagePlus image = stack(6);
        image.setDimensions(1, 2, 3);
        image.setOpenAsHyperStack(true);
        ImagePlus expected = Session.commandLine(image, "mask");
        segment(image, "mask stack overlay");
        ImagePlus mask = Session.shown("part-mask");
        assertArrayEquals(new int[] {160, 128, 1, 2, 3}, mask.getDimensions());
        assertTrue(mask.isHyperStack());
        Session.assertSamePixels("hyperstack", expected, mask);
        Roi roi = image.getOverlay().get(image.getOverlay().size() - 1);
        assertEquals(2, roi.getZPosition());
        assertEquals(3, roi.getTPosition());
    }

    /** Channels are those of one micrograph; z and t are kept. */
    @Test
    public void channelsAsTheCommandLine() throws Exception {
        Path network = Session.folder().resolve("two-channels.onnx");
        TinyNetwork.write(network, "Sigmoid", 2);
        ImagePlus image = stack(12);
        image.setDimensions(2, 3, 2);
        image = new CompositeImage(image, IJ.COMPOSITE);
        image.getCalibration().pixelDepth = 3;
        image.getCalibration().frameInterval = 7;
        ImagePlus expected = Session.commandLine(network, image, "mask");
        image.show();
        IJ.run(image, "Fringe Segment...", "model=[" + network + "] mask stack");
        ImagePlus mask = Session.shown("part-mask");
        Session.assertSamePixels("channels", expected, mask);
        assertArrayEquals(new int[] {160, 128, 3, 3, 2}, mask.getDimensions());
        assertEquals(3, mask.getCalibration().pixelDepth, 0);
        assertEquals(7, mask.getCalibration().frameInterval, 0);
        assertEquals(2, image.getNChannels());
    }

    @Test
    public void virtualStacksSliceBySlice() throws Exception {
        ImagePlus image = stack(3);
        Path file = Session.folder().resolve("part.tif");
        Session.save(image, file);
        ImagePlus virtual = IJ.openVirtual(file.toString());
        assertTrue(virtual.getStack().isVirtual());
        ImagePlus expected = Session.commandLine(image, "mask");
        segment(virtual, "mask stack");
        Session.assertSamePixels("virtual", expected, Session.shown("part-mask"));
    }

    @Test
    public void selectionIsCroppedFirst() throws Exception {
        ImagePlus image = Session.micrograph();
        image.setRoi(new OvalRoi(20, 10, 96, 80));
        ImagePlus crop = image.crop();
        segment(image, "mask overlay");
        ImagePlus mask = Session.shown("part-mask");
        Session.assertSamePixels("crop", Session.commandLine(crop, "mask"), mask);
        assertEquals(new OvalRoi(20, 10, 96, 80).getBounds(), image.getRoi().getBounds());
        for (Roi roi : image.getOverlay().toArray())
            assertTrue(roi.toString(), image.getRoi().getBounds().contains(roi.getBounds()));
    }

    @Test
    public void selectionBeyondTheEdge() throws Exception {
        ImagePlus image = Session.micrograph();
        image.setRoi(new Roi(-30, 60, 120, 100));
        ImagePlus crop = Session.micrograph();
        crop.setRoi(0, 60, 90, 68);
        segment(image, "mask overlay");
        Session.assertSamePixels("crop", Session.commandLine(crop.crop(), "mask"), Session.shown("part-mask"));
        for (Roi roi : image.getOverlay().toArray())
            assertTrue(roi.toString(), new Rectangle(0, 60, 90, 68).contains(roi.getBounds()));
    }

    /** What is shown is not what is computed on, and stays as it is. */
    @Test
    public void displayRangeDoesNotMatter() throws Exception {
        ImagePlus image = Session.micrograph();
        IJ.run(image, "16-bit", "");
        ImagePlus expected = Session.commandLine(image, "mask");
        image.setDisplayRange(100, 140);
        segment(image, "mask");
        Session.assertSamePixels("mask", expected, Session.shown("part-mask"));
        assertEquals(100, image.getDisplayRangeMin(), 0);
        assertEquals(140, image.getDisplayRangeMax(), 0);
        assertEquals(255, Session.shown("part-mask").getDisplayRangeMax(), 0);
    }

    @Test
    public void warningsAsTheCommandLine() throws Exception {
        ImagePlus image = Session.micrograph();
        image.getCalibration().setUnit("pixel");
        image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = 1;
        Session.commandLine(image, "mask");
        String said = Session.saidByTheCommandLine("note: .*input.tif: (.*)");
        assertTrue(said, said.length() > 20);
        IJ.log("\\Clear");
        segment(image, "mask");
        assertEquals("Fringe: part.tif: " + said, IJ.getLog().trim());
    }

    /** While one command is at work on an image, a second one takes another model for another image. */
    @Test
    public void twoCommandsAtOnce() throws Exception {
        ImagePlus first = new ImagePlus("large.tif", Session.micrograph().getProcessor().resize(640, 640));
        Path slow = Session.folder().resolve("slow.onnx");
        TinyNetwork.writeSlow(slow, 24);
        first.show();
        Thread command = new Thread(() -> IJ.run(first, "Fringe Segment...", "model=[" + slow + "] mask"));
        command.start();
        Session.await("the first works", first::isLocked);
        ImagePlus second = Session.micrograph();
        ImagePlus expected = Session.commandLine(second, "mask");
        for (int i = 0; i < 3; i++) {
            segment(second, "mask");
            Session.assertSamePixels("mask", expected, Session.shown("part-mask"));
            Session.shown("part-mask").close();
            IJ.runMacro("run(\"Fringe Macro Extensions\"); Ext.fringeRelease();");
        }
        command.join(60000);
        assertFalse("the first has ended", command.isAlive());
        Session.shown("large-mask");
    }

    /** In ImageJ's own models folder, under a name that has blanks and letters beyond ASCII. */
    @Test
    public void modelsOfTheApplication() throws Exception {
        Path models = Paths.get(IJ.getDirectory("imagej"), "models"), network = models.resolve("mein Modell \u00fc.onnx");
        Files.createDirectories(models);
        try {
            TinyNetwork.write(network, "Sigmoid");
            ImagePlus image = Session.micrograph();
            ImagePlus expected = Session.commandLine(network, image, "mask");
            image.show();
            IJ.run(image, "Fringe Segment...", "model=[mein Modell \u00fc] mask");
            Session.assertSamePixels("mask", expected, Session.shown("part-mask"));
        } finally {
            Files.delete(network);
        }
    }

    @Test
    public void calibrationAndInfoAreKept() {
        ImagePlus image = Session.micrograph();
        image.setProperty("Info", "taken on a Sunday\n");
        segment(image, "mask probability");
        for (String ending : new String[] {"mask", "probability"}) {
            ImagePlus made = Session.shown("part-" + ending);
            Calibration calibration = made.getCalibration();
            assertEquals(image.getCalibration().pixelWidth, calibration.pixelWidth, 0);
            assertEquals(image.getCalibration().getUnit(), calibration.getUnit());
            assertTrue(((String) made.getProperty("Info")).contains("taken on a Sunday"));
            assertTrue(((String) made.getProperty("Info")).contains("sha256"));
        }
        ImagePlus probability = Session.shown("part-probability");
        assertEquals(0, probability.getDisplayRangeMin(), 0);
        assertEquals(1, probability.getDisplayRangeMax(), 0);
    }

    /** Whatever "Black background" says, the particles are measured and not what is around them. */
    @Test
    public void analyzeParticlesMeasuresParticles() {
        boolean before = Prefs.blackBackground;
        try {
            for (boolean black : new boolean[] {false, true}) {
                Prefs.blackBackground = black;
                segment(Session.micrograph(), "mask");
                ImagePlus mask = Session.shown("part-mask");
                assertEquals(255, mask.getProcessor().getMinThreshold(), 0);
                assertEquals(255, mask.getProcessor().getMaxThreshold(), 0);
                assertFalse(mask.isInvertedLut());
                long foreground = mask.getProcessor().getStats().histogram[255];
                ResultsTable.getResultsTable().reset();
                IJ.run("Set Measurements...", "area redirect=None decimal=9");
                IJ.run(mask, "Analyze Particles...", "display clear");
                double area = 0;
                for (double one : ResultsTable.getResultsTable().getColumn("Area")) area += one;
                double pixel = mask.getCalibration().pixelWidth * mask.getCalibration().pixelHeight;
                assertEquals(foreground, area / pixel, 0.01 * foreground);
                Session.clear();
            }
        } finally {
            Prefs.blackBackground = before;
        }
    }

    @Test
    public void roisAreAddedAndNothingIsCleared() {
        ImagePlus image = Session.micrograph();
        image.show();
        RoiManager manager = RoiManager.getRoiManager();
        manager.addRoi(new Roi(1, 2, 3, 4));
        image.setOverlay(new ij.gui.Overlay(new Roi(5, 6, 7, 8)));
        segment(image, "overlay roi_manager");
        int found = manager.getCount() - 1;
        assertTrue(found > 0);
        assertEquals(1 + found, image.getOverlay().size());
        assertTrue(manager.getRoi(1).getName(), manager.getRoi(1).getName().startsWith("particle-"));
        segment(image, "overlay");
        assertEquals("an earlier run's outlines are replaced", 1 + found, image.getOverlay().size());
        assertEquals("only what was asked for", 1, WindowManager.getImageCount());
    }

    /** Networks with more than two classes, with masks of their own, with outputs that are no probabilities. */
    @Test
    public void otherKindsOfNetworksAsTheCommandLine() throws Exception {
        String[][] kinds = {{"Softmax", "classes"}, {"Sigmoid", "mask"}, {"Identity", "output"}};
        for (String[] kind : kinds) {
            Path network = Session.folder().resolve("tiny-" + kind[0] + ".onnx");
            TinyNetwork.write(network, kind[0]);
            ImagePlus image = Session.micrograph();
            ImagePlus expected = Session.commandLine(network, image, kind[1]);
            image.show();
            IJ.run(image, "Fringe Segment...", "model=[" + network + "] mask overlay");
            ImagePlus made = Session.shown("part-" + kind[1]);
            Session.assertSamePixels(kind[0], expected, made);
            assertEquals(kind[0], kind[1].equals("classes") ? 1 : 3, made.getNChannels());
            if (kind[1].equals("output")) {
                assertEquals(0, image.getOverlay().size());
            } else {
                int groups = 0;
                for (Roi roi : image.getOverlay().toArray()) groups |= 1 << roi.getGroup();
                assertEquals(kind[0], kind[1].equals("classes") ? 0b110 : 0b1110, groups);
            }
            Session.clear();
        }
    }

    @Test
    public void emptyMacroOptionsGiveAMask() {
        segment(Session.micrograph(), "");
        assertEquals(2, WindowManager.getImageCount());
        Session.shown("part-mask");
    }
}
