package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Test;

/** The macros in examples/imagej do what they say. */
public class ExamplesTest {
    @Before
    public void clear() {
        Session.clear();
        IJ.log("\\Clear");
    }

    private static void run(String name, String argument) {
        IJ.runMacroFile(Session.ROOT.resolve("examples/imagej").resolve(name).toString(), argument);
    }

    private static String micrograph(String name) {
        return Session.ROOT.resolve("examples/micrographs").resolve(name).toString();
    }

    @Test
    public void segmentCountsParticles() {
        run("segment.ijm", micrograph("simulated-silver-touching.tif"));
        assertTrue(ResultsTable.getResultsTable().size() > 0);
        String said = ResultsTable.getResultsTable().size() + " particles in simulated-silver-touching.tif";
        assertTrue(IJ.getLog(), IJ.getLog().contains(said));
        Session.shown("simulated-silver-touching-mask");
    }

    @Test
    public void measureCountsParticles() {
        ResultsTable.getResultsTable().reset();
        String mask = micrograph("truth/simulated-gold-2nm-mask.png");
        run("measure.ijm", mask + ";" + micrograph("simulated-gold-2nm.tif"));
        int count = ResultsTable.getResultsTable().size();
        assertTrue(count + " particles", count > 4);
        assertTrue(IJ.getLog(), IJ.getLog().contains(count + " particles in simulated-gold-2nm-mask.png"));
        assertTrue(IJ.getLog(), IJ.getLog().contains(" nm across"));
        assertEquals(count, Session.shown("simulated-gold-2nm.tif").getOverlay().size());
    }

    @Test
    public void classifyShowsASpectrum() {
        ResultsTable.getResultsTable().reset();
        run("classify.ijm", micrograph("truth/simulated-gold-5nm-mask.png") + ";" + micrograph("simulated-gold-5nm.tif"));
        int count = ResultsTable.getResultsTable().size();
        assertTrue(IJ.getLog(), count > 4 && IJ.getLog().contains(count + " particles in simulated-gold-5nm-mask.png"));
        String info = (String) Session.shown("Fringe Spectrum").getProperty("Info");
        assertTrue(info, info.contains("\nphase\t") && info.contains("\nspot\t"));
    }

    @Test
    public void analyzeAnalyzesImagesAndFolders() throws Exception {
        ResultsTable.getResultsTable().reset();
        Path folder = Session.folder();
        Session.save(Session.picturesque(), folder.resolve("a.tif"));
        run("analyze.ijm", folder.resolve("a.tif").toString());
        int count = ResultsTable.getResultsTable().size();
        assertTrue(count + " particles", count > 1);
        assertTrue(IJ.getLog(), IJ.getLog().contains(count + " particles in a.tif"));
        Session.shown("a-mask");
        run("analyze.ijm", folder.toString());
        ((ij.text.TextWindow) Session.window("particles.csv")).close(false);
        assertEquals(count + 1, Files.readAllLines(folder.resolve("analyzed/a-particles.csv")).size());
        assertTrue(Files.exists(folder.resolve("analyzed/report.html")));
    }

    @Test
    public void batchGoesOnBehindABrokenImage() throws Exception {
        Path folder = Session.folder();
        Session.save(Session.micrograph(), folder.resolve("a.tif"));
        ImagePlus colour = Session.micrograph();
        IJ.run(colour, "RGB Color", "");
        Session.save(colour, folder.resolve("c.tif"));
        ImagePlus channels = Session.micrograph();
        channels.getStack().addSlice(channels.getProcessor().duplicate());
        ImagePlus two = new ImagePlus("b", channels.getStack());
        two.setDimensions(2, 1, 1); // more channels than the model takes
        Session.save(two, folder.resolve("b.tif"));
        run("batch.ijm", folder.toString());
        assertTrue(IJ.getLog(), IJ.getLog().contains("2 masks in"));
        assertTrue(IJ.getLog(), IJ.getLog().contains("b.tif: the model takes 1 channels, the image has 2"));
        ImagePlus mask = IJ.openImage(folder.resolve("masks").resolve("a-mask.tif").toString());
        Session.assertSamePixels("batch", Session.commandLine(Session.micrograph(), "mask"), mask);
    }

    @Test
    public void modelInfoTellsThePixelSize() {
        run("model-info.ijm", "");
        Session.window("Fringe Model Info").dispose();
        assertTrue(IJ.getLog(), IJ.getLog().contains("hrtem-particles works at a pixel size of 0.05"));
    }

    @Test
    public void installModelInstalls() throws Exception {
        Path source = Session.folder().resolve("from-example");
        Files.createDirectory(source);
        try (java.util.stream.Stream<Path> files = Files.list(Session.ROOT.resolve("models/hrtem-particles"))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.copy(file, source.resolve(file.getFileName()));
        }
        run("install-model.ijm", source.toString());
        assertTrue(IJ.getLog(), IJ.getLog().contains("Fringe: installed "));
        assertTrue(IJ.getLog(), IJ.getLog().contains("from-example"));
    }

    @Test
    public void helpOpens() throws Exception {
        Thread macro = new Thread(() -> run("help.ijm", ""));
        macro.start();
        Session.window("Fringe Help").dispose();
        macro.join(5000);
        assertEquals(Thread.State.TERMINATED, macro.getState());
    }
}
