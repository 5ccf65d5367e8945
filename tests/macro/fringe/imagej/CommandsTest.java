package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.Menus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;
import java.awt.Choice;
import java.awt.TextField;
import java.awt.Window;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Hashtable;
import java.util.Scanner;
import org.junit.Before;
import org.junit.Test;

/** Menus, dialogs, the recorder, macro functions; a picture of each window. */
public class CommandsTest {
    private static final String[] LABELS = {"Fringe Analyze...", "Fringe Analyze Folder...", "Fringe Segment...", "Fringe Measure...",
        "Fringe Classify...", "Fringe Spectrum...", "Fringe Model Info...", "Fringe Install Model...",
        "Fringe Macro Extensions", "Fringe Help"};

    @Before
    public void clear() {
        Session.clear();
    }

    /** Names of commands are global: one of ImageJ's own would then run our class. */
    @Test
    public void labelsAreOursAlone() throws Exception {
        Hashtable<?, ?> commands = Menus.getCommands();
        for (String label : LABELS) {
            assertTrue(label, label.startsWith("Fringe "));
            assertTrue(label + " runs " + commands.get(label), String.valueOf(commands.get(label)).startsWith("fringe.imagej."));
        }
        for (Object label : commands.keySet())
            if (String.valueOf(commands.get(label)).startsWith("fringe."))
                assertTrue(label + " is listed here", java.util.Arrays.asList(LABELS).contains(label));
        try (InputStream own = ImageJ.class.getResourceAsStream("/IJ_Props.txt"); Scanner lines = new Scanner(own, "UTF-8")) {
            while (lines.hasNextLine()) assertTrue(!lines.nextLine().contains("Fringe"));
        }
    }

    /** The user moves the slider with the preview on; the line that is recorded gives the same image again. */
    @Test
    public void recordedLineGivesTheSame() throws Exception {
        ImagePlus image = Session.picturesque();
        image.show();
        image.getWindow().setLocation(20, 200);
        Recorder recorder = new Recorder();
        Thread command = new Thread(() -> IJ.doCommand("Fringe Segment..."));
        command.start();
        GenericDialog dialog = (GenericDialog) Session.window("Fringe Segment");
        TextField threshold = (TextField) dialog.getNumericFields().get(0);
        java.awt.EventQueue.invokeAndWait(() -> {
            threshold.setText("0.70");
            Session.tick(dialog, "probability");
            Session.tick(dialog, "preview");
        });
        Session.await("the preview is drawn", () -> image.getOverlay() != null);
        assertEquals(1, image.getOverlay().size());
        dialog.setLocation(image.getWindow().getX() + image.getWindow().getWidth() + 8, image.getWindow().getY());
        Session.picture("segment", image.getWindow(), dialog);
        java.awt.EventQueue.invokeAndWait(() -> Session.press(dialog, "OK"));
        Session.await("the mask is there", () -> WindowManager.getImage("part-mask") != null && !image.isLocked());
        Session.await("the line is recorded", () -> recorder.getText().contains("Fringe Segment"));
        String line = recorder.getText();
        recorder.close();
        assertTrue(line, line.contains("run(\"Fringe Segment...\", \"model=hrtem-particles threshold=0.70"));
        assertTrue(line, line.contains("mask probability overlay"));

        ImagePlus mask = Session.shown("part-mask"), probability = Session.shown("part-probability");
        mask.getWindow().setLocation(image.getWindow().getX() + image.getWindow().getWidth() + 8, image.getWindow().getY());
        Session.picture("mask", image.getWindow(), mask.getWindow());
        int outlines = image.getOverlay().size();
        assertTrue(outlines > 0);
        mask.setTitle("first mask");
        probability.setTitle("first probability");
        image.setOverlay(null);
        WindowManager.setCurrentWindow(image.getWindow());
        for (String one : line.split("\n")) if (one.contains("Fringe Segment")) IJ.runMacro(one);
        Session.assertSamePixels("replayed mask", mask, Session.shown("part-mask"));
        Session.assertSamePixels("replayed probability", probability, Session.shown("part-probability"));
        assertEquals(outlines, image.getOverlay().size());
    }

    /** A cancelled dialog leaves the overlay that was there before the preview. */
    @Test
    public void cancelledDialogLeavesNothing() throws Exception {
        ImagePlus image = Session.micrograph();
        image.show();
        Thread command = new Thread(() -> IJ.doCommand("Fringe Segment..."));
        command.start();
        GenericDialog dialog = (GenericDialog) Session.window("Fringe Segment");
        java.awt.EventQueue.invokeAndWait(() -> Session.tick(dialog, "preview"));
        Session.await("the preview is drawn", () -> image.getOverlay() != null);
        java.awt.EventQueue.invokeAndWait(() -> Session.press(dialog, "Cancel"));
        Session.await("the preview is gone", () -> image.getOverlay() == null && !image.isLocked());
        assertEquals(1, WindowManager.getImageCount());
    }

    @Test
    public void modelInfoAndHelpOpenWindows() throws Exception {
        IJ.run("Fringe Model Info...", "model=models/hrtem-particles"); // a path below the tree, for the picture
        Window info = Session.window("Fringe Model Info");
        Session.picture("model-info", info);
        info.dispose();
        new Thread(() -> IJ.doCommand("Fringe Help")).start();
        Window help = Session.window("Fringe Help");
        help.setLocation(300, 100);
        Session.picture("help", help);
        help.dispose();
        assertTrue(call("ModelInfoCommand", "\"hrtem-particles\"").contains("zero_mean_unit_variance"));
        assertTrue(call("ModelInfoCommand", "\"hrtem-faults\"").contains("\nclasses\tno fault seen, stacking fault, "));
        assertTrue(IJ.runMacro("return call(\"fringe.imagej.HelpCommand.call\");").contains("roi_manager"));
    }

    /** Asks by a dialog, chooses a model where one is given, and returns the one that was chosen before. */
    private static String chosen(String title, String model) throws Exception {
        Thread command = new Thread(() -> IJ.run(title + "..."));
        command.start();
        GenericDialog dialog = (GenericDialog) Session.window(title);
        Choice choice = (Choice) dialog.getChoices().get(0);
        String before = choice.getSelectedItem();
        java.awt.EventQueue.invokeAndWait(() -> {
            if (model != null) choice.select(model);
            Session.press(dialog, model == null ? "Cancel" : "OK");
        });
        command.join(60000); // else the image may still be in use when the next one asks
        assertTrue(title + " has ended", !command.isAlive());
        return before;
    }

    /** Another one may be the first by its name. */
    @Test
    public void dialogsBeginWithTheUsualNetworkOrTheLast() throws Exception {
        Path models = Paths.get(System.getProperty("fringe.application"), "models"), other = models.resolve("a-network.onnx");
        Files.createDirectories(models);
        TinyNetwork.write(other, "Softmax");
        try {
            Session.micrograph().show();
            for (String title : new String[] {"Fringe Model Info", "Fringe Analyze", "Fringe Segment"})
                assertEquals(title, "hrtem-particles", chosen(title, null));
            chosen("Fringe Segment", "a-network");
            assertEquals("a-network", chosen("Fringe Segment", "hrtem-particles"));
            assertEquals("hrtem-particles", chosen("Fringe Segment", null));
        } finally {
            Files.delete(other);
        }
    }

    private static String call(String name, String arguments) {
        return IJ.runMacro("return call(\"fringe.imagej." + name + ".call\", " + arguments + ");");
    }

    @Test
    public void installsAModelForTheCommandLineToo() throws Exception {
        Path source = Session.folder().resolve("from-imagej");
        Files.createDirectory(source);
        try (java.util.stream.Stream<Path> files = Files.list(Session.ROOT.resolve("models/hrtem-particles"))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.copy(file, source.resolve(file.getFileName()));
        }
        new Thread(() -> IJ.doCommand("Fringe Install Model...")).start();
        GenericDialog dialog = (GenericDialog) Session.window("Fringe Install Model");
        TextField field = (TextField) dialog.getStringFields().get(0);
        java.awt.EventQueue.invokeAndWait(() -> field.setText("my-particles.zip"));
        Session.picture("install-model", dialog);
        java.awt.EventQueue.invokeAndWait(() -> field.setText(source.resolve("rdf.yaml").toString()));
        java.awt.EventQueue.invokeAndWait(() -> Session.press(dialog, "OK"));
        Session.await("it is installed", () -> IJ.getLog() != null && IJ.getLog().contains("installed"));
        ProcessBuilder list = new ProcessBuilder(System.getProperty("fringe.program"), "model", "info", "from-imagej");
        assertEquals(0, list.redirectErrorStream(true).redirectOutput(source.resolve("log").toFile()).start().waitFor());
        Session.micrograph().show();
        IJ.run("Fringe Segment...", "model=from-imagej mask");
        Session.shown("part-mask");
    }

    @Test
    public void macroFunctions() throws Exception {
        ImagePlus image = Session.micrograph();
        image.show();
        String answer = IJ.runMacro("run(\"Fringe Macro Extensions\");\n"
                + "Ext.fringeSegment(\"model=hrtem-particles mask\", error);\n"
                + "Ext.fringeModelInfo(\"hrtem-particles\", text);\n"
                + "selectWindow(\"part.tif\");\n"
                + "Ext.fringeSegment(\"model=nowhere mask\", refusal);\n"
                + "Ext.fringeRelease();\n"
                + "return error + \"|\" + indexOf(text, \"Nanoparticles\") + \"|\" + refusal;");
        assertNotNull(answer);
        String[] part = answer.split("\\|");
        assertEquals("", part[0]);
        assertTrue(answer, Integer.parseInt(part[1]) > 0);
        assertTrue(answer, part[2].startsWith("nowhere: no model of this name"));
        Session.assertSamePixels("mask", Session.commandLine(image, "mask"), Session.shown("part-mask"));
    }

    /** What cannot be done is told in words, and the macro goes on. */
    @Test
    public void macroFunctionsThatFail() {
        String answer = IJ.runMacro("run(\"Fringe Macro Extensions\");\n"
                + "Ext.fringeSegment(\"model=hrtem-particles mask\", nothing);\n"
                + "Ext.fringeModelInfo(\"nowhere\", text);\n"
                + "Ext.fringeRelease();\n"
                + "return nothing + \"|\" + text;");
        assertTrue(answer, answer.startsWith("there is no image|error\tnowhere: no model of this name"));
    }
}
