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
import ij.gui.ImageCanvas;
import ij.gui.Line;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.gui.Toolbar;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.plugin.frame.Recorder;
import ij.process.ImageProcessor;
import java.awt.AWTEvent;
import java.awt.EventQueue;
import java.awt.Toolkit;
import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import java.awt.event.MouseEvent;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

/** A click on a particle shows its spectrum, and does nothing else; the same for macros. */
public class ParticleClicksTest {
    private static final String WINDOW = "Fringe Spectrum";
    private static final int MIDDLE = DrawnFaults.SIDE / 2;
    private static Path forest;

    private ImagePlus drawn;

    @BeforeClass
    public static void trainForest() throws Exception {
        forest = DrawnFaults.forest(Session.folder());
    }

    @Before
    public void classify() {
        Session.clear();
        ResultsTable.getResultsTable().reset();
        IJ.setTool("rectangle");
        drawn = calibrated("drawn", DrawnFaults.micrograph());
        ImagePlus mask = calibrated("drawn-mask", DrawnFaults.mask());
        mask.show();
        drawn.show();
        drawn.getWindow().setLocation(10, 90);
        IJ.run(mask, "Fringe Classify...", "image=drawn forest=[" + forest + "] overlay");
        mask.close();
    }

    @After
    public void putBack() {
        IJ.setTool("rectangle");
    }

    private static ImagePlus calibrated(String title, ImageProcessor pixels) {
        ImagePlus image = new ImagePlus(title, pixels);
        image.getCalibration().setUnit("nm");
        image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = DrawnFaults.NM_PER_PX;
        return image;
    }

    /** Lets the micrograph's window hear of the mouse or a key, as it would from the screen, and waits until it has. */
    private static void happens(AWTEvent event) throws Exception {
        Toolkit.getDefaultToolkit().getSystemEventQueue().postEvent(event);
        EventQueue.invokeAndWait(() -> { });
    }

    private void mouse(int what, int x, int y, int keys) throws Exception {
        mouse(what, x, y, keys, System.currentTimeMillis());
    }

    private void mouse(int what, int x, int y, int keys, long when) throws Exception {
        ImageCanvas canvas = drawn.getCanvas();
        boolean down = what == MouseEvent.MOUSE_PRESSED || what == MouseEvent.MOUSE_DRAGGED;
        int button = what == MouseEvent.MOUSE_DRAGGED ? MouseEvent.NOBUTTON : MouseEvent.BUTTON1;
        happens(new MouseEvent(canvas, what, when, keys | (down ? InputEvent.BUTTON1_DOWN_MASK : 0),
                canvas.screenX(x), canvas.screenY(y), 1, false, button));
    }

    private void key(int what, int keys) throws Exception {
        happens(new KeyEvent(drawn.getCanvas(), what, System.currentTimeMillis(), keys, KeyEvent.VK_SHIFT, KeyEvent.CHAR_UNDEFINED));
    }

    /** A click that lasts so many milliseconds, however busy the machine is. */
    private void click(int x, int y, int keys, int press) throws Exception {
        IJ.wait(700); // two would be a double click
        long pressed = System.currentTimeMillis();
        mouse(MouseEvent.MOUSE_PRESSED, x, y, keys, pressed);
        IJ.wait(press);
        mouse(MouseEvent.MOUSE_RELEASED, x, y, keys, pressed + press);
        mouse(MouseEvent.MOUSE_CLICKED, x, y, keys, pressed + press);
    }

    private void click(int x, int y) throws Exception {
        click(x, y, 0, 0);
    }

    private static boolean tells(String words) {
        ImagePlus spectrum = WindowManager.getImage(WINDOW);
        return spectrum != null && String.valueOf(spectrum.getProperty("Info")).contains(words);
    }

    private void clickDisc(int disc) throws Exception {
        String number = "particle\t" + (disc + 1) + "\n";
        click(disc * DrawnFaults.SIDE + MIDDLE, MIDDLE);
        Session.await("the spectrum of particle " + (disc + 1), () -> tells(number));
        Session.await("the image is free", () -> !drawn.isLocked());
    }

    private static List<Roi> named(ImagePlus spectrum, String pattern) {
        List<Roi> found = new ArrayList<>();
        for (Roi roi : spectrum.getOverlay().toArray()) if (roi.getName().matches(pattern)) found.add(roi);
        return found;
    }

    /** The drawn {111} of a disc stands in the window, both ways, with its indices, and is bright. */
    private static void assertDrawnReflection(ImagePlus spectrum, int disc) {
        double turn = Math.toRadians(20 + 30 * disc), g = 0.1 / DrawnFaults.NM_PER_PX;
        Calibration calibration = spectrum.getCalibration();
        assertEquals("1/nm", calibration.getUnit());
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = sign * g * Math.cos(turn), y = sign * g * Math.sin(turn);
            Roi nearest = null;
            for (Roi roi : named(spectrum, "(-?1){3}")) {
                double[] at = roi.getContourCentroid();
                if (Math.hypot(calibration.getX(at[0]) - x, calibration.getY(at[1]) - y) < 0.02 * g) nearest = roi;
            }
            assertTrue("a circle at " + x + ", " + y, nearest != null);
            double[] at = nearest.getContourCentroid();
            double brightest = spectrum.getProcessor().getf((int) at[0], (int) at[1]);
            assertTrue(brightest + " is bright", brightest > 1.5);
        }
    }

    @Test
    public void clickShowsSpotsIndicesAndPlane() throws Exception {
        String[] planes = {null, "fault plane", "twin plane"};
        clickDisc(0);
        ImagePlus window = Session.shown(WINDOW);
        int images = WindowManager.getImageCount();
        for (int disc : new int[] {0, 2, 1}) {
            clickDisc(disc);
            assertSame("the one window", window, Session.shown(WINDOW));
            assertEquals(images, WindowManager.getImageCount());
            assertDrawnReflection(window, disc);
            String info = (String) window.getProperty("Info");
            assertTrue(info, info.contains("\nclass\t" + DrawnFaults.CLASSES[disc] + "\t"));
            List<Roi> lines = named(window, ".* plane");
            assertEquals(info, planes[disc] == null ? 0 : 1, lines.size());
            if (planes[disc] == null) continue;
            assertEquals(planes[disc], lines.get(0).getName());
            double angle = (((Line) lines.get(0)).getAngle() + 180) % 180;
            assertEquals("along the plane in the micrograph", 90 - (20 + 30 * disc), angle, 2);
        }
        assertNull("no selection is left", drawn.getRoi());
        clickDisc(2);
        window.getWindow().setLocation(220, 90 + drawn.getWindow().getHeight());
        Session.picture("spectrum", drawn.getWindow(), window.getWindow());
    }

    /** The window of its spectrum stays open, and does not keep it in memory. */
    @Test
    public void closedMicrographIsFreed() throws Exception {
        clickDisc(0);
        WeakReference<ImagePlus> micrograph = new WeakReference<>(drawn);
        drawn.changes = false;
        drawn.close();
        drawn = null;
        Session.await("the micrograph is freed", () -> {
            System.gc();
            return micrograph.get() == null;
        });
        assertTrue(Session.shown(WINDOW).isVisible());
    }

    private void assertNothing(String what) {
        IJ.wait(600);
        assertNull(what, WindowManager.getImage(WINDOW));
        assertFalse(what, drawn.isLocked());
    }

    @Test
    public void otherClicksStayWhatTheyAre() throws Exception {
        click(2, 2);
        assertNothing("beside particles");
        for (String tool : new String[] {"polygon", "wand", "point", "zoom", "dropper"}) {
            IJ.setTool(tool);
            click(MIDDLE, MIDDLE);
            assertNothing(tool);
            if (tool.equals("point") || tool.equals("wand")) assertTrue(tool, drawn.getRoi() != null);
            drawn.deleteRoi();
            drawn.getCanvas().unzoom();
        }
        IJ.setTool("rectangle");
        IJ.wait(700);
        mouse(MouseEvent.MOUSE_PRESSED, MIDDLE - 20, MIDDLE - 20, 0);
        mouse(MouseEvent.MOUSE_DRAGGED, MIDDLE, MIDDLE, 0);
        mouse(MouseEvent.MOUSE_DRAGGED, MIDDLE + 20, MIDDLE + 20, 0);
        mouse(MouseEvent.MOUSE_RELEASED, MIDDLE + 20, MIDDLE + 20, 0);
        assertNothing("a selection is drawn");
        assertEquals(40, drawn.getRoi().getBounds().width, 2);
        drawn.deleteRoi();
        key(KeyEvent.KEY_PRESSED, InputEvent.SHIFT_DOWN_MASK);
        click(MIDDLE, MIDDLE, InputEvent.SHIFT_DOWN_MASK, 0);
        key(KeyEvent.KEY_RELEASED, 0);
        assertNothing("with a key");
        click(MIDDLE, MIDDLE, 0, 500);
        assertNothing("a long press");
        assertEquals("is ImageJ's", "0001", drawn.getRoi().getName());
        drawn.deleteRoi();
        Overlay overlay = drawn.getOverlay();
        drawn.setOverlay(null);
        click(MIDDLE, MIDDLE);
        assertNothing("without the overlay");
        drawn.setOverlay(overlay);
        IJ.setTool("hand");
        clickDisc(0);
    }

    @Test
    public void clickIsRecorded() throws Exception {
        Recorder recorder = new Recorder();
        recorder.setLocation(10, 500); // not over the micrograph, should it be shown late
        clickDisc(1);
        Session.await("the line", () -> recorder.getText().contains(WINDOW));
        String text = recorder.getText();
        recorder.close();
        ImagePlus window = Session.shown(WINDOW);
        String info = (String) window.getProperty("Info");
        float[] pixels = ((float[]) window.getProcessor().getPixels()).clone();
        clickDisc(0);
        WindowManager.setCurrentWindow(window.getWindow()); // its micrograph is meant, as behind any line of these
        for (String line : text.split("\n")) if (line.contains(WINDOW)) IJ.runMacro(line);
        assertEquals(info, window.getProperty("Info"));
        org.junit.Assert.assertArrayEquals(pixels, (float[]) window.getProcessor().getPixels(), 0);
    }

    private String macro(String lines) {
        return IJ.runMacro("run(\"Fringe Macro Extensions\");\nselectImage(" + drawn.getID() + ");\n" + lines);
    }

    /** All that is told of each particle is what the table tells. */
    @Test
    public void macrosHearWhatTheTableHas() throws Exception {
        ResultsTable table = ResultsTable.getResultsTable();
        assertEquals(DrawnFaults.CLASSES.length, table.size());
        for (int disc = 0; disc < table.size(); disc++) {
            int x = disc * DrawnFaults.SIDE + MIDDLE;
            String text = macro("Ext.fringeSpectrum(" + x + ", 40, text);\nreturn text;");
            String rating = "class\t" + table.getStringValue("class", disc) + "\t"
                    + IJ.d2s(table.getValue("probability", disc), 4) + "\n";
            assertTrue(text, text.startsWith("particle\t" + (disc + 1) + "\n" + rating + "unit\tnm\n"));
            assertEquals(text, (int) table.getValue("spots", disc), text.split("\nspot\t", -1).length - 1);
            if (disc == 3) continue;
            assertTrue(text, text.contains("\nphase\t" + table.getStringValue("phase", disc) + "\t"
                    + table.getStringValue("zone", disc) + "\n"));
            String first = text.substring(text.indexOf("\nspot\t") + 6);
            assertEquals(table.getValue("d1", disc), Double.parseDouble(first.split("\t")[1]), 1e-6);
            assertEquals(text, macro("return call(\"fringe.imagej.SpectrumCommand.call\", " + x + ", 40);"));
        }
        assertTrue(macro("Ext.fringeSpectrum(2, 2, text);\nreturn text;").startsWith("error\tdrawn: there is no particle at 2, 2"));
        ImagePlus other = new ImagePlus("other", DrawnFaults.mask());
        other.show();
        String refusal = IJ.runMacro("run(\"Fringe Macro Extensions\");\nExt.fringeSpectrum(2, 2, text);\nreturn text;");
        assertTrue(refusal, refusal.startsWith("error\tother: no particles were found in this micrograph"));
    }

    /** Slices, selections, holes, a channel, and no classes: the numbers are those of the table. */
    @Test
    public void stacksAndSelections() throws Exception {
        ImageStack greys = new ImageStack(DrawnFaults.SIDE, DrawnFaults.SIDE), masks = new ImageStack(DrawnFaults.SIDE, DrawnFaults.SIDE);
        for (int disc = 1; disc <= 2; disc++) {
            ImageProcessor grey = DrawnFaults.micrograph(), mask = DrawnFaults.mask();
            grey.setRoi(disc * DrawnFaults.SIDE, 0, DrawnFaults.SIDE, DrawnFaults.SIDE);
            mask.setRoi(grey.getRoi());
            greys.addSlice(grey.crop());
            ImageProcessor holed = mask.crop();
            holed.setValue(0);
            holed.fillOval(MIDDLE - 50, MIDDLE - 50, 24, 24);
            masks.addSlice(holed);
        }
        ImagePlus grey = new ImagePlus("greys", greys), mask = new ImagePlus("masks", masks);
        grey.setCalibration(drawn.getCalibration());
        grey.show();
        mask.show();
        mask.setRoi(10, 6, DrawnFaults.SIDE - 10, DrawnFaults.SIDE - 6);
        ResultsTable table = ResultsTable.getResultsTable();
        table.reset();
        IJ.run(mask, "Fringe Classify...", "image=greys forest=[" + forest + "] overlay stack");
        assertEquals(2, table.size());
        for (int slice = 1; slice <= 2; slice++) {
            grey.setSlice(slice);
            WindowManager.setCurrentWindow(grey.getWindow());
            String text = IJ.runMacro("return call(\"fringe.imagej.SpectrumCommand.call\", " + MIDDLE + ", " + MIDDLE + ");");
            assertTrue(text, text.startsWith("particle\t1\nclass\t" + table.getStringValue("class", slice - 1) + "\t"
                    + IJ.d2s(table.getValue("probability", slice - 1), 4) + "\nunit\tnm\n"));
            String first = text.substring(text.indexOf("\nspot\t") + 6);
            assertEquals(table.getValue("d1", slice - 1), Double.parseDouble(first.split("\t")[1]), 1e-6);
        }
        IJ.run(mask, "Fringe Measure...", "image=greys overlay stack");
        WindowManager.setCurrentWindow(grey.getWindow());
        String text = IJ.runMacro("return call(\"fringe.imagej.SpectrumCommand.call\", " + MIDDLE + ", " + MIDDLE + ");");
        assertTrue(text, text.startsWith("particle\t1\nunit\tnm\nphase\t"));
        assertTrue(text, text.contains("\nspot\t"));
    }
}
