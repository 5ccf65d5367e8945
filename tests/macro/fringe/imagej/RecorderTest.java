package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.measure.ResultsTable;
import ij.plugin.frame.Recorder;
import java.awt.Choice;
import java.awt.EventQueue;
import java.awt.Robot;
import java.awt.TextField;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.Before;
import org.junit.Test;

/** What a user fills in is recorded as a line, which gives the same rows again; a picture of each dialog. */
public class RecorderTest {
    @Before
    public void clear() {
        Session.clear();
        ResultsTable.getResultsTable().reset();
        IJ.log("\\Clear");
    }

    /** Runs a command on an image, null for none, as from the menu, and returns its line. */
    private static String record(ImagePlus image, String title, Consumer<GenericDialog> fill) throws Exception {
        Recorder recorder = new Recorder();
        new Robot().waitForIdle(); // a window that is shown late becomes the current one
        if (image != null) WindowManager.setCurrentWindow(image.getWindow());
        IJ.doCommand(title + "...");
        GenericDialog dialog = (GenericDialog) Session.window(title);
        EventQueue.invokeAndWait(() -> fill.accept(dialog));
        dialog.setLocation(300, 60);
        Session.picture(title.toLowerCase().replace(' ', '-').replace("fringe-", "") + "-dialog", dialog);
        EventQueue.invokeAndWait(() -> Session.press(dialog, "OK"));
        Session.await("a line of " + title, () -> recorder.getText().contains(title));
        String text = recorder.getText();
        recorder.close();
        for (String line : text.split("\n")) if (line.contains(title)) return line;
        throw new AssertionError(text);
    }

    private static void assertRowsTwice(String line) {
        ResultsTable table = ResultsTable.getResultsTable();
        int count = table.size() / 2;
        assertTrue(line, count > 1);
        assertEquals(line, 2 * count, table.size());
        for (String column : table.getHeadings())
            for (int row = 0; row < count; row++)
                assertEquals(column, table.getStringValue(column, row), table.getStringValue(column, row + count));
    }

    private static ImagePlus drawnMask() {
        ImagePlus drawn = new ImagePlus("drawn", DrawnFaults.micrograph()), mask = new ImagePlus("drawn-mask", DrawnFaults.mask());
        for (ImagePlus image : new ImagePlus[] {drawn, mask}) {
            image.getCalibration().setUnit("nm");
            image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = DrawnFaults.NM_PER_PX;
            image.show();
        }
        return mask;
    }

    private static void replay(ImagePlus image, String line) throws Exception {
        new Robot().waitForIdle(); // as above: the first run's windows too
        IJ.runMacro("selectImage(" + image.getID() + ");\n" + line);
        assertTrue(!image.isLocked());
    }

    @Test
    public void measure() throws Exception {
        ImagePlus mask = drawnMask();
        String line = record(mask, "Fringe Measure", dialog -> ((TextField) dialog.getNumericFields().get(2)).setText("1.5"));
        assertTrue(line, line.startsWith("run(\"Fringe Measure...\", \"image=drawn probability=none threshold=0.000 connectivity=8"));
        assertTrue(line, line.contains(" min_diameter=1.5 "));
        replay(mask, line);
        assertRowsTwice(line);
    }

    @Test
    public void classify() throws Exception {
        ImagePlus mask = drawnMask();
        String line = record(mask, "Fringe Classify", dialog -> Session.tick(dialog, "labels"));
        assertTrue(line, line.startsWith("run(\"Fringe Classify...\", \"image=drawn forest=hrtem-faults phases=[] "));
        assertTrue(line, line.contains(" overlay labels"));
        replay(mask, line);
        assertRowsTwice(line);
        assertTrue(ResultsTable.getResultsTable().getColumnHeadings().contains("fault_probability"));
    }

    @Test
    public void analyze() throws Exception {
        ImagePlus image = Session.picturesque();
        image.show();
        String line = record(image, "Fringe Analyze", dialog -> {
            ((Choice) dialog.getChoices().get(0)).select("hrtem-particles"); // others may be installed
            Session.tick(dialog, "labels");
        });
        assertTrue(line, line.startsWith("run(\"Fringe Analyze...\", \"model=hrtem-particles forest=hrtem-faults phases=[] "));
        ImagePlus mask = Session.shown("part-mask"), labels = Session.shown("part-labels");
        mask.setTitle("first mask");
        labels.setTitle("first labels");
        replay(image, line);
        assertRowsTwice(line);
        Session.assertSamePixels("mask", mask, Session.shown("part-mask"));
        Session.assertSamePixels("labels", labels, Session.shown("part-labels"));
    }

    @Test
    public void analyzeFolder() throws Exception {
        Path input = Session.folder(), first = input.resolve("first"), second = input.resolve("second");
        Session.save(Session.micrograph(), input.resolve("a.tif"));
        String line = record(null, "Fringe Analyze Folder", dialog -> {
            ((Choice) dialog.getChoices().get(0)).select("hrtem-particles");
            ((TextField) dialog.getStringFields().get(0)).setText(input.toString());
            ((TextField) dialog.getStringFields().get(1)).setText(first.toString());
        });
        Session.await("the folder is done", () -> String.valueOf(IJ.getLog()).contains(" done, "));
        assertTrue(line, line.startsWith("run(\"Fringe Analyze Folder...\", \"input=["));
        IJ.runMacro(line.replace("\\", "\\\\").replace(first.toString(), second.toString()));
        assertTrue(Files.size(second.resolve("report.html")) > 1000);
        for (String name : new String[] {"particles.csv", "a-particles.csv", "a-mask.tif", "a-labels.tif"})
            assertArrayEquals(name, Files.readAllBytes(first.resolve(name)), Files.readAllBytes(second.resolve(name)));
    }
}
