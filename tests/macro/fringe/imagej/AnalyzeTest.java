package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.gui.PlotWindow;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import ij.plugin.frame.RoiManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

/** "Fringe Analyze...", "Fringe Analyze Folder..." and "Fringe Classify..." give what `fringe analyze` gives. */
public class AnalyzeTest {
    private static Path forest;
    private Path folder;

    @BeforeClass
    public static void trainForest() throws Exception {
        forest = DrawnFaults.forest(Session.folder());
    }

    @Before
    public void clear() throws Exception {
        Session.clear();
        IJ.log("\\Clear");
        folder = Session.folder();
        ResultsTable.getResultsTable().reset();
    }

    private ImagePlus saved(String name, ImagePlus image) {
        Path file = folder.resolve(name);
        Session.save(image, file);
        ImagePlus opened = IJ.openImage(file.toString());
        opened.show();
        return opened;
    }

    private static ImagePlus stack() {
        ImagePlus first = Session.picturesque();
        ImageStack stack = new ImageStack(first.getWidth(), first.getHeight());
        for (int i = 0; i < 2; i++) {
            stack.addSlice("slice " + (i + 1), first.getProcessor().duplicate());
            first.getProcessor().flipVertical();
        }
        ImagePlus image = new ImagePlus("part.tif", stack);
        image.setCalibration(first.getCalibration());
        return image;
    }

    /** Runs the command line into a folder `out`, and returns that. */
    private Path commandLine(String input, String... options) throws Exception {
        Path out = folder.resolve("out"), log = folder.resolveSibling(folder.getFileName() + ".log");
        List<String> words = new ArrayList<>(Arrays.asList(System.getProperty("fringe.program"), "analyze", "--overwrite",
                "--model", Session.ROOT.resolve("models/hrtem-particles").toString(), "-o", out.toString()));
        words.addAll(Arrays.asList(options));
        words.add(folder.resolve(input).toString());
        int status = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        String said = new String(Files.readAllBytes(log), "UTF-8");
        assertTrue(said, status == 0 || status == 1);
        return out;
    }

    /** Columns, their order, texts, and numbers: of places in nm the mask's file rounds the pixel size. */
    private static void assertSameRows(String what, Path expected) throws Exception {
        List<String> lines = Files.readAllLines(expected);
        ResultsTable table = ResultsTable.getResultsTable();
        String[] headings = lines.get(0).split(",", -1);
        assertEquals(what, Arrays.asList(headings).subList(1, headings.length),
                Arrays.asList(table.getColumnHeadings().trim().split("\t")));
        assertEquals(what, lines.size() - 1, table.size());
        assertTrue(what, table.size() > 1);
        List<String> texts = Arrays.asList("Label", "unit", "class", "phase", "zone");
        for (int row = 0; row < table.size(); row++) {
            String[] cells = lines.get(row + 1).split(",", -1);
            for (int column = 1; column < headings.length; column++) {
                String at = what + ", " + headings[column] + " of row " + (row + 1);
                if (texts.contains(headings[column])) {
                    assertEquals(at, cells[column], table.getStringValue(headings[column], row));
                    continue;
                }
                double wanted = Double.parseDouble(cells[column]);
                assertEquals(at, wanted, table.getValue(headings[column], row), 1e-9 * Math.max(1, Math.abs(wanted)));
            }
        }
    }

    @Test
    public void analyzesAsTheCommandLine() throws Exception {
        ImagePlus image = saved("part.tif", Session.picturesque());
        IJ.run(image, "Fringe Analyze...", "model=hrtem-particles forest=none border=keep mask labels overlay roi_manager plot");
        Path out = commandLine("part.tif", "--no-classify", "--border", "keep");
        assertSameRows("without classes", out.resolve("part-particles.csv"));
        Session.assertSamePixels("mask", IJ.openImage(out.resolve("part-mask.tif").toString()), Session.shown("part-mask"));
        Session.assertSamePixels("labels", IJ.openImage(out.resolve("part-labels.tif").toString()), Session.shown("part-labels"));
        int count = ResultsTable.getResultsTable().size();
        assertEquals(count, image.getOverlay().size());
        assertEquals(count, RoiManager.getInstance().getCount());
        ImagePlus plot = Session.shown("part-diameters");
        assertTrue(plot.getWindow() instanceof PlotWindow);
        image.getWindow().setLocation(20, 100);
        plot.getWindow().setLocation(30 + image.getWindow().getWidth(), 100);
        Session.picture("analyze", image.getWindow(), plot.getWindow());
    }

    @Test
    public void classesAsTheCommandLine() throws Exception {
        ImagePlus image = saved("part.tif", Session.picturesque());
        IJ.run(image, "Fringe Analyze...", "model=hrtem-particles forest=[" + forest
                + "] probability threshold=0.4 split=0.5 border=keep min_diameter=0.5 overlay");
        Path out = commandLine("part.tif", "--forest", forest.toString(), "--probability", "--threshold", "0.4", "--split",
                "0.5", "--border", "keep", "--min-diameter", "0.5");
        assertSameRows("with classes", out.resolve("part-particles.csv"));
        for (Roi roi : image.getOverlay().toArray())
            assertTrue(roi.getName(), roi.isLine() || roi.getGroup() > 0);
    }

    @Test
    public void stacksAsTheCommandLine() throws Exception {
        ImagePlus image = saved("part.tif", stack());
        IJ.run(image, "Fringe Analyze...", "model=hrtem-particles forest=none stack overlay");
        assertSameRows("stack", commandLine("part.tif", "--no-classify").resolve("part-particles.csv"));
        assertEquals(2, image.getOverlay().get(image.getOverlay().size() - 1).getPosition());
        assertEquals("nothing is made that was not asked for", 1, WindowManager.getImageCount());
    }

    /** Faults that were drawn are found, with their planes; as the command line rates them. */
    @Test
    public void classifiesWhatWasDrawn() throws Exception {
        ImagePlus drawn = new ImagePlus("drawn", DrawnFaults.micrograph()), mask = new ImagePlus("", DrawnFaults.mask());
        for (ImagePlus one : new ImagePlus[] {drawn, mask}) {
            one.getCalibration().setUnit("nm");
            one.getCalibration().pixelWidth = one.getCalibration().pixelHeight = DrawnFaults.NM_PER_PX;
        }
        drawn = saved("drawn.tif", drawn);
        mask = saved("drawn-mask.tif", mask);
        IJ.run(mask, "Fringe Classify...", "image=drawn.tif forest=[" + forest + "] overlay");
        ResultsTable table = ResultsTable.getResultsTable();
        assertEquals(DrawnFaults.CLASSES.length, table.size());
        for (int i = 0; i < table.size(); i++) {
            assertEquals(DrawnFaults.CLASSES[i], table.getStringValue("class", i));
            assertEquals(i < 3 ? 1 : 0, table.getValue("resolved", i), 0);
        }
        assertEquals("Au or Ag", table.getStringValue("phase", 0));
        assertEquals(0.23546, table.getValue("d1", 0), 0.002);
        int lines = 0;
        for (Roi roi : drawn.getOverlay().toArray()) {
            if (!roi.isLine()) continue;
            lines++;
            int disc = (int) (roi.getBounds().getCenterX() / DrawnFaults.SIDE);
            assertTrue(roi.getName(), roi.getName().equals(disc == 1 ? "fault plane" : "twin plane"));
        }
        assertTrue(lines + " planes", lines >= 2);
        Session.picture("classify", drawn.getWindow());
        IJ.run(mask, "Fringe Classify...", "image=drawn.tif forest=[" + forest + "] pixel_size=0.05");
        assertEquals("with another pixel size", 0.5, table.getValue("d1", DrawnFaults.CLASSES.length), 0.005);
    }

    /** Every file that the command line writes, with the same bytes but for the provenances. */
    @Test
    public void foldersAsTheCommandLine() throws Exception {
        Path input = Files.createDirectory(folder.resolve("input")), output = folder.resolve("from ImageJ");
        Session.save(Session.picturesque(), input.resolve("a.tif"));
        Session.save(Session.micrograph(), input.resolve("b.tif"));
        Files.write(input.resolve("broken.tif"), new byte[] {'I', 'I', 42, 0, 9});
        IJ.run("Fringe Analyze Folder...", "input=[" + input + "] output=[" + output + "] model=hrtem-particles forest=["
                + forest + "] table");
        assertTrue(IJ.getLog(), IJ.getLog().contains("broken.tif"));
        assertTrue(IJ.getLog(), IJ.getLog().contains("Fringe: 3 done, 0 skipped, 1 failed; see "));
        Path out = commandLine("input", "--forest", forest.toString());
        int compared = 0;
        try (java.util.stream.Stream<Path> files = Files.list(out)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".json") || name.equals("report.html")) continue;
                assertArrayEquals(name, Files.readAllBytes(file), Files.readAllBytes(output.resolve(name)));
                compared++;
            }
        }
        assertEquals(2 * 5 + 2, compared);
        assertTrue(Files.size(output.resolve("report.html")) > 1000);
        ((ij.text.TextWindow) Session.window("particles.csv")).close(false);
        String again = IJ.runMacro("return call(\"fringe.imagej.AnalyzeFolderCommand.call\", \"" + input + "\", \"" + output
                + "\", \"model=hrtem-particles forest=[" + forest + "]\");");
        assertEquals("1\t2\t1", again);
    }

    private static String refused(ImagePlus image, String command, String options) {
        return IJ.runMacro("selectImage(" + image.getID() + ");\nrun(\"Fringe Macro Extensions\");\nExt.fringe" + command
                + "(\"" + options + "\", error);\nreturn error;");
    }

    @Test
    public void whatCannotBeAnalyzedIsToldInWords() throws Exception {
        ImagePlus image = saved("part.tif", Session.micrograph());
        assertTrue(refused(image, "Analyze", "model=nowhere forest=none").startsWith("nowhere: no model of this name"));
        assertTrue(refused(image, "Analyze", "model=hrtem-particles forest=nowhere").startsWith("nowhere: no model"));
        String network = refused(image, "Analyze", "model=hrtem-particles forest=hrtem-particles");
        assertFalse("a network is no forest", network.isEmpty());
        String phases = refused(image, "Analyze", "model=hrtem-particles forest=[" + forest + "] phases=absent.cif");
        assertTrue(phases, phases.contains("absent.cif"));
        assertTrue(refused(image, "Analyze", "model=hrtem-particles forest=none split=2").contains("a neck of 2"));
        assertTrue(refused(image, "Classify", "forest=[" + forest + "]").startsWith("image: "));
        Path values = folder.resolve("values.onnx");
        TinyNetwork.write(values, "Identity");
        assertTrue(refused(image, "Analyze", "model=[" + values + "] forest=none").contains("neither one mask nor classes"));
        assertEquals(0, ResultsTable.getResultsTable().size());
        assertEquals(1, WindowManager.getImageCount());
        assertFalse(image.isLocked());
    }

    @Test
    public void withoutWindows() throws Exception {
        ImagePlus image = saved("part.tif", Session.picturesque());
        String count = IJ.runMacro("selectImage(" + image.getID()
                + ");\nreturn call(\"fringe.imagej.AnalyzeCommand.call\", \"model=hrtem-particles forest=none\");");
        assertEquals(Integer.toString(ResultsTable.getResultsTable().size()), count);
        assertTrue(count, Integer.parseInt(count) > 1);
    }
}
