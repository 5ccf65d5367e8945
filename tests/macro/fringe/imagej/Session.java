package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.io.FileSaver;
import ij.plugin.frame.RoiManager;
import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Dialog;
import java.awt.Frame;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Window;
import java.awt.event.ActionEvent;
import java.awt.event.ActionListener;
import java.awt.event.ItemEvent;
import java.awt.event.ItemListener;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * A real ImageJ in a window, with the built jar in its plugins folder; the command line beside it. The classes of the
 * plugin are ImageJ's to load: tests reach them as users do, by command, macro and call().
 */
final class Session {
    static final Path ROOT = Paths.get(System.getProperty("fringe.root"));
    static final String MODEL = "model=hrtem-particles ";
    private static final String COMMAND_LINE = System.getProperty("fringe.program");
    private static final Path PICTURES = Paths.get(System.getProperty("fringe.pictures"));
    private static ImageJ window;
    private static String said = "";

    private Session() {
    }

    static synchronized void start() {
        if (window != null) return;
        window = new ImageJ();
        IJ.redirectErrorMessages(false);
    }

    /** Closes all images and dialogs, which a test that failed may have left, and empties what ImageJ keeps. */
    static void clear() {
        start();
        for (Window dialog : Window.getWindows()) if (dialog instanceof Dialog) dialog.dispose();
        for (int id : WindowManager.getIDList() == null ? new int[0] : WindowManager.getIDList()) {
            ImagePlus image = WindowManager.getImage(id);
            image.changes = false;
            image.close();
        }
        if (RoiManager.getInstance() != null) RoiManager.getInstance().close();
        IJ.resetEscape();
    }

    static Path folder() throws Exception {
        return Files.createTempDirectory("mit Leerzeichen und \u00c5\u00fc ");
    }

    /** A part of a simulated micrograph that has particles and background: 160 x 128 pixels, 8-bit or 16-bit as saved. */
    static ImagePlus micrograph() {
        ImagePlus whole = IJ.openImage(ROOT.resolve("examples/micrographs/simulated-gold-2nm.tif").toString());
        whole.setRoi(20, 384, 160, 128);
        ImagePlus part = whole.crop();
        part.setTitle("part.tif");
        return part;
    }

    /** A part that is good to look at. */
    static ImagePlus picturesque() {
        ImagePlus whole = IJ.openImage(ROOT.resolve("examples/micrographs/simulated-silver-touching.tif").toString());
        whole.setRoi(272, 64, 280, 280);
        ImagePlus part = whole.crop();
        part.setTitle("part.tif");
        return part;
    }

    static void save(ImagePlus image, Path file) {
        FileSaver saver = new FileSaver(image);
        assertTrue(image.getStackSize() > 1 ? saver.saveAsTiffStack(file.toString()) : saver.saveAsTiff(file.toString()));
    }

    /** Saves an image, runs the command line on the file, and opens what it made: "mask" or "probability". */
    static ImagePlus commandLine(ImagePlus image, String what, String... options) throws Exception {
        return commandLine(ROOT.resolve("models/hrtem-particles"), image, what, options);
    }

    static ImagePlus commandLine(Path model, ImagePlus image, String what, String... options) throws Exception {
        Path folder = folder(), input = folder.resolve("input.tif");
        save(image, input);
        List<String> words = new ArrayList<>(Arrays.asList(COMMAND_LINE, "segment", "--model",
                model.toString()));
        if (what.equals("probability")) words.add("--probability");
        words.addAll(Arrays.asList(options));
        words.add(input.toString());
        Path log = folder.resolve("log");
        int status = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        assertEquals(said, 0, status);
        ImagePlus made = IJ.openImage(folder.resolve("input-" + what + ".tif").toString());
        assertNotNull(what, made);
        return made;
    }

    /** The first group of a pattern in what the command line said last; "" where it did not. */
    static String saidByTheCommandLine(String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(said);
        return found.find() ? found.group(1) : "";
    }

    /** The image of a title, which must be there. */
    static ImagePlus shown(String title) {
        ImagePlus image = WindowManager.getImage(title);
        assertNotNull(title + " among " + Arrays.toString(WindowManager.getImageTitles()), image);
        return image;
    }

    static void assertSamePixels(String what, ImagePlus expected, ImagePlus actual) {
        assertEquals(what, expected.getStackSize(), actual.getStackSize());
        for (int i = 1; i <= expected.getStackSize(); i++) {
            Object a = expected.getStack().getPixels(i), b = actual.getStack().getPixels(i);
            if (a instanceof float[]) assertArrayEquals(what + ", slice " + i, (float[]) a, (float[]) b, 0);
            else if (a instanceof short[]) assertArrayEquals(what + ", slice " + i, (short[]) a, (short[]) b);
            else if (a instanceof int[]) assertArrayEquals(what + ", slice " + i, (int[]) a, (int[]) b);
            else assertArrayEquals(what + ", slice " + i, (byte[]) a, (byte[]) b);
        }
    }

    /** Waits for a condition, on a busy machine too: up to a minute. */
    static void await(String what, java.util.function.BooleanSupplier condition) {
        for (int i = 0; i < 3000 && !condition.getAsBoolean(); i++) IJ.wait(20);
        assertTrue(what, condition.getAsBoolean());
    }

    /** A visible window by its title, once it is there and, if it is modal, hears of an answer. */
    static Window window(String title) {
        await("a window " + title, () -> {
            Window found = find(title);
            return found != null && (!(found instanceof Dialog) || !((Dialog) found).isModal() || isAwaited());
        });
        return find(title);
    }

    /** Whether a thread waits for a modal dialog's end: it begins to after the dialog is seen, and misses an end before that. */
    private static boolean isAwaited() {
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet())
            for (StackTraceElement call : thread.getValue())
                if (call.getClassName().equals("java.awt.WaitDispatchSupport") && call.getMethodName().equals("enter")
                        && thread.getKey().getState() == Thread.State.WAITING) return true;
        return false;
    }

    private static Window find(String title) {
        for (Window window : Window.getWindows()) {
            String name = window instanceof Frame ? ((Frame) window).getTitle()
                    : window instanceof Dialog ? ((Dialog) window).getTitle() : "";
            if (window.isShowing() && title.equals(name)) return window;
        }
        return null;
    }

    /** Presses a button of a dialog; on the event thread. */
    static void press(GenericDialog dialog, String label) {
        for (Button button : dialog.getButtons()) {
            if (button == null || !button.getLabel().trim().equals(label)) continue;
            ActionEvent event = new ActionEvent(button, ActionEvent.ACTION_PERFORMED, label);
            for (ActionListener listener : button.getActionListeners()) listener.actionPerformed(event);
            return;
        }
        throw new AssertionError("no button " + label);
    }

    /** Ticks a checkbox, or takes the tick away. */
    static void tick(GenericDialog dialog, String label) {
        for (Object box : dialog.getCheckboxes()) {
            Checkbox checkbox = (Checkbox) box;
            if (!checkbox.getLabel().equals(label)) continue;
            checkbox.setState(!checkbox.getState());
            ItemEvent event = new ItemEvent(checkbox, ItemEvent.ITEM_STATE_CHANGED, label, ItemEvent.SELECTED);
            for (ItemListener listener : checkbox.getItemListeners()) listener.itemStateChanged(event);
            return;
        }
        throw new AssertionError("no checkbox " + label);
    }

    /** A picture of windows as they stand on the screen, for the documentation. */
    static void picture(String name, Window... windows) throws Exception {
        Files.createDirectories(PICTURES);
        File file = PICTURES.resolve(name + ".png").toFile();
        Robot robot = new Robot();
        for (int i = 0; i < 10 && (i == 0 || file.length() < 1000); i++) { // until all is drawn and stands where it will
            for (Window window : windows) {
                window.setLocation(window.getX(), Math.max(window.getY(), 40 + i));
                window.toFront();
            }
            IJ.wait(700);
            Rectangle area = null;
            for (Window window : windows) area = area == null ? window.getBounds() : area.union(window.getBounds());
            for (Window other : Window.getWindows()) // beside the picture: gaps show what lies below
                if (!Arrays.asList(windows).contains(other) && other.isShowing() && other.getBounds().intersects(area))
                    other.setLocation(area.x + area.width, other.getY());
            robot.waitForIdle();
            ImageIO.write(robot.createScreenCapture(area), "png", file);
        }
        assertTrue(name + " is no empty picture", file.length() > 1000);
    }
}
