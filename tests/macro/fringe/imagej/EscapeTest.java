package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.Macro;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.measure.ResultsTable;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Component;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.Point;
import java.awt.Robot;
import java.awt.Window;
import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Test;

/** The Esc key, pressed on the keyboard of the real screen, over a network that works for many seconds. */
public class EscapeTest {
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int SIDE = 2048;

    /** No window opens below the pointer: ImageJ would tell of the pixel there, over what a command says in the status line. */
    @Before
    public void clear() throws Exception {
        Session.clear();
        new Robot().mouseMove(1399, 999);
    }

    private static ImagePlus large() {
        ImagePlus image = new ImagePlus("large.tif", Session.micrograph().getProcessor().resize(SIDE, SIDE));
        image.show();
        return image;
    }

    private static String slowNetwork() throws Exception {
        Path file = Session.folder().resolve("slow.onnx");
        TinyNetwork.writeSlow(file, 80);
        return "model=[" + file + "] ";
    }

    /** Gives a window the keyboard as a user does: without a window manager it may be on its way, and is clicked again. */
    private static Robot click(Window window) throws Exception {
        Robot robot = new Robot();
        for (int tries = 0; tries < 20 && !hasKeyboard(window); tries++) {
            window.toFront();
            Point at = window.getLocationOnScreen();
            robot.mouseMove(at.x + 40, at.y + 40);
            robot.mousePress(InputEvent.BUTTON1_DOWN_MASK);
            robot.mouseRelease(InputEvent.BUTTON1_DOWN_MASK);
            robot.waitForIdle();
            for (int i = 0; i < 150 && !hasKeyboard(window); i++) IJ.wait(20);
        }
        assertTrue("it has the keyboard", hasKeyboard(window));
        return robot;
    }

    private static boolean hasKeyboard(Window window) {
        return focused() == window || window.isAncestorOf(focused());
    }

    private static Component focused() {
        return KeyboardFocusManager.getCurrentKeyboardFocusManager().getFocusOwner();
    }

    /** Runs what the key will stop: ImageJ then throws, so that nothing behind it is run. */
    private static Thread start(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                if (!Macro.MACRO_CANCELED.equals(e.getMessage())) throw e;
            }
        });
        thread.start();
        return thread;
    }

    private static void press(Robot robot) {
        robot.keyPress(KeyEvent.VK_ESCAPE);
        robot.keyRelease(KeyEvent.VK_ESCAPE);
    }

    /** Waits until the network is at work: the image is locked, the status line tells of it, the processors are busy. */
    private static void awaitWork(ImagePlus image) {
        Session.await("the command runs", image::isLocked);
        Session.await("the status line tells of it", () -> ImageJ.getStatusBarText().startsWith("Fringe: large.tif"));
        long before = SYSTEM.getProcessCpuTime();
        Session.await("the network works", () -> SYSTEM.getProcessCpuTime() - before > 400_000_000L);
    }

    /** What is computed after the key is less than a block of rows for each thread; nothing is left of the run. */
    @Test
    public void keyStopsTheNetwork() throws Exception {
        ImagePlus image = large();
        ImageProcessor pixels = image.getProcessor();
        pixels.snapshot();
        Object snapshot = pixels.getSnapshotPixels();
        Object before = pixels.getPixelsCopy();
        String options = slowNetwork() + "mask probability overlay roi_manager";
        Robot robot = click(image.getWindow());
        image.deleteRoi(); // of the click
        Thread command = start(() -> IJ.run(image, "Fringe Segment...", options));
        awaitWork(image);
        long[] arrived = {0, 0}; // when Java heard of the key: the clock, and the processor time until then
        KeyEventDispatcher clock = event -> {
            if (arrived[0] == 0) arrived[1] = SYSTEM.getProcessCpuTime();
            if (arrived[0] == 0) arrived[0] = System.nanoTime();
            return false;
        };
        KeyboardFocusManager.getCurrentKeyboardFocusManager().addKeyEventDispatcher(clock);
        long pressed = System.nanoTime();
        press(robot);
        command.join(20000);
        long ended = System.nanoTime(), worked_ms = (SYSTEM.getProcessCpuTime() - arrived[1]) / 1000000;
        KeyboardFocusManager.getCurrentKeyboardFocusManager().removeKeyEventDispatcher(clock);
        long stopped_ms = (ended - arrived[0]) / 1000000;
        System.out.println("    the key was " + (arrived[0] - pressed) / 1000000 + " ms under way; stopped " + stopped_ms
                + " ms after it, with " + worked_ms + " ms of processor time");
        assertFalse("the command has ended", command.isAlive());
        assertEquals("only the input is there", 1, WindowManager.getImageCount());
        assertNull(image.getOverlay());
        assertFalse(image.isLocked());
        assertSame(snapshot, pixels.getSnapshotPixels());
        assertSame(pixels, image.getProcessor());
        assertArrayEquals((short[]) before, (short[]) pixels.getPixels());
        assertTrue(worked_ms + " ms of processor time after the key", worked_ms < 1000);
        assertTrue(stopped_ms + " ms", stopped_ms < 5000);
    }

    /** Behind the key a macro goes on with nothing, not with its next image. */
    @Test
    public void keyStopsAMacro() throws Exception {
        ImagePlus image = large();
        String options = slowNetwork() + "mask";
        Robot robot = click(image.getWindow());
        image.deleteRoi();
        Thread macro = start(() -> IJ.runMacro("run(\"Fringe Macro Extensions\");\n"
                + "for (i = 0; i < 100; i++) {\n"
                + "    Ext.fringeSegment(\"" + options + "\", error);\n"
                + "    newImage(\"after\", \"8-bit\", 8, 8, 1);\n"
                + "}\n"));
        awaitWork(image);
        press(robot);
        macro.join(20000);
        assertFalse("the macro has ended", macro.isAlive());
        assertEquals("no image was made behind the key", 1, WindowManager.getImageCount());
    }

    /** In a dialog, here one of another command, the key closes the dialog; the network works on. */
    @Test
    public void keyInADialogIsTheDialogs() throws Exception {
        ImagePlus image = large();
        String options = slowNetwork() + "mask";
        Thread command = start(() -> IJ.run(image, "Fringe Segment...", options));
        awaitWork(image);
        GenericDialog dialog = new GenericDialog("Another Command");
        dialog.addNumericField("number", 1);
        Thread asks = new Thread(dialog::showDialog);
        asks.start();
        Session.window("Another Command");
        Robot robot = click(dialog);
        press(robot);
        asks.join(5000);
        assertTrue("the dialog is closed", dialog.wasCanceled());
        assertTrue("the command works on", command.isAlive());
        press(click(image.getWindow()));
        command.join(20000);
        assertFalse("the command has ended", command.isAlive());
    }

    /** The key over a command: it ends, and leaves no row, image, outline or lock. */
    private static void assertStops(ImagePlus image, Runnable work) throws Exception {
        ResultsTable.getResultsTable().reset();
        int images = WindowManager.getImageCount();
        Robot robot = click(image.getWindow());
        image.deleteRoi();
        Thread command = start(work);
        awaitWork(image);
        press(robot);
        command.join(20000);
        assertFalse("the command has ended", command.isAlive());
        assertEquals("images", images, WindowManager.getImageCount());
        assertEquals("rows", 0, ResultsTable.getResultsTable().size());
        for (int id : WindowManager.getIDList()) {
            assertNull(WindowManager.getImage(id).getOverlay());
            assertFalse(WindowManager.getImage(id).isLocked());
        }
    }

    /** Discs of 16 pixels in rows, on noise: their spectra take seconds. */
    private static ImagePlus manyParticles(boolean mask) {
        ImageProcessor plane = mask ? new ByteProcessor(SIDE, SIDE) : new FloatProcessor(SIDE, SIDE);
        plane.setValue(mask ? 255 : 1);
        for (int y = 0; y + 20 <= SIDE; y += 20)
            for (int x = 0; x + 20 <= SIDE; x += 20) plane.fillOval(x + 2, y + 2, 16, 16);
        if (!mask) plane.noise(1);
        ImagePlus image = new ImagePlus(mask ? "large.tif" : "grey", plane);
        image.show();
        return image;
    }

    @Test
    public void keyStopsMeasure() throws Exception {
        ImageStack masks = new ImageStack(SIDE, SIDE);
        ImagePlus mask = manyParticles(true);
        for (int i = 0; i < 60; i++) masks.addSlice(mask.getProcessor()); // one takes less than a second
        mask.close();
        ImagePlus image = new ImagePlus("large.tif", masks);
        image.show();
        assertStops(image, () -> IJ.run(image, "Fringe Measure...", "overlay stack"));
    }

    @Test
    public void keyStopsClassify() throws Exception {
        String forest = DrawnFaults.forest(Session.folder()).toString();
        manyParticles(false);
        ImagePlus mask = manyParticles(true);
        assertStops(mask, () -> IJ.run(mask, "Fringe Classify...", "image=grey forest=[" + forest + "] overlay labels"));
    }

    @Test
    public void keyStopsAnalyze() throws Exception {
        ImagePlus image = large();
        String options = slowNetwork() + "forest=none mask probability labels overlay plot";
        assertStops(image, () -> IJ.run(image, "Fringe Analyze...", options));
    }

    /** Of a folder nothing is half written: what is there is whole, and a later run makes the rest. */
    @Test
    public void keyStopsAFolder() throws Exception {
        Path input = Session.folder(), output = input.resolve("out");
        ImagePlus image = large(); // has the keyboard
        for (String name : new String[] {"a.tif", "large.tif"})
            Session.save(name.equals("a.tif") ? Session.micrograph() : image, input.resolve(name));
        String options = "input=[" + input + "] output=[" + output + "] forest=none " + slowNetwork();
        Robot robot = click(image.getWindow());
        Thread command = start(() -> IJ.run("Fringe Analyze Folder...", options));
        Session.await("the first image is done", () -> Files.exists(output.resolve("a-particles.csv")));
        long before = SYSTEM.getProcessCpuTime();
        Session.await("the network works on", () -> SYSTEM.getProcessCpuTime() - before > 400_000_000L);
        press(robot);
        command.join(20000);
        assertFalse("the command has ended", command.isAlive());
        List<String> left = new ArrayList<>();
        try (java.util.stream.Stream<Path> files = Files.list(output)) {
            files.forEach(file -> left.add(file.getFileName().toString()));
        }
        for (String name : left) assertTrue(left.toString(), name.startsWith("a-") || name.startsWith("."));
        assertTrue(left.toString(), left.contains("a-mask.tif") && left.contains("a-labels.tif"));
    }
}
