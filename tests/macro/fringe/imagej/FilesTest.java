package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import fringe.FringeArgumentException;
import fringe.FringeFileException;
import fringe.Micrograph;
import fringe.MicrographInfo;
import fringe.Model;
import fringe.SegmentOptions;
import fringe.Segmentation;
import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.OvalRoi;
import ij.gui.Overlay;
import ij.io.FileSaver;
import ij.plugin.LutLoader;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;

/** ImageJ as the judge of files: what it writes we read, and what we write it reads. No windows. */
public class FilesTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 23;

    private interface Value {
        double at(ImageProcessor slice, int x, int y);
    }

    private static void assertReads(String what, ImagePlus image, Value value) throws Exception {
        Path file = Session.folder().resolve("written.tif");
        Session.save(image, file);
        int channels = image.getNChannels(), slices = image.getStackSize() / channels;
        try (Micrograph read = Micrograph.open(file.toString(), null)) {
            MicrographInfo info = read.info();
            assertEquals(what, WIDTH, info.width());
            assertEquals(what, HEIGHT, info.height());
            assertEquals(what, channels, info.channelCount());
            assertEquals(what, slices, info.sliceCount());
            assertEquals(what, 0.05, info.pixelSizeX(), 1e-8);
            assertEquals(what, 0.07, info.pixelSizeY(), 1e-8);
            float[] pixels = new float[WIDTH * HEIGHT];
            for (int s = 0; s < slices; s++) {
                if (slices > 1 && channels == 1)
                    assertEquals(what, image.getStack().getSliceLabel(s + 1), read.sliceLabel(s));
                for (int c = 0; c < channels; c++) {
                    read.read(s, c, pixels, 0);
                    ImageProcessor slice = image.getStack().getProcessor(s * channels + c + 1);
                    for (int i = 0; i < pixels.length; i++)
                        assertEquals(what + " pixel " + i, (float) value.at(slice, i % WIDTH, i / WIDTH), pixels[i], 0);
                }
            }
        }
    }

    private static ImagePlus image(String type, int slices) {
        ImageStack stack = new ImageStack(WIDTH, HEIGHT);
        for (int s = 0; s < slices; s++) {
            ImagePlus slice = IJ.createImage("", "16-bit black", WIDTH, HEIGHT, 1);
            short[] pixels = (short[]) slice.getProcessor().getPixels();
            for (int i = 0; i < pixels.length; i++) pixels[i] = (short) (i * 76 + s * 1000);
            stack.addSlice("label " + s, slice.getProcessor());
        }
        ImagePlus image = new ImagePlus("", stack);
        convert(image, type);
        image.getCalibration().setUnit("nm");
        image.getCalibration().pixelWidth = 0.05;
        image.getCalibration().pixelHeight = 0.07;
        return image;
    }

    /** run("8-bit") needs a window. */
    private static void convert(ImagePlus image, String type) {
        ImageStack to = new ImageStack(WIDTH, HEIGHT);
        for (int s = 1; s <= image.getStackSize(); s++) {
            ImageProcessor from = image.getStack().getProcessor(s);
            ImageProcessor made = type.equals("8-bit") ? from.convertToByte(true) : type.equals("32-bit") ? from.convertToFloat()
                    : type.equals("RGB") ? from.convertToRGB() : from;
            if (type.equals("32-bit")) made.multiply(-0.37);
            to.addSlice(image.getStack().getSliceLabel(s), made);
        }
        image.setStack(to);
    }

    @Test
    public void everyTypeThatImageJWrites() throws Exception {
        assertReads("8-bit", image("8-bit", 1), (p, x, y) -> p.get(x, y));
        assertReads("16-bit", image("16-bit", 1), (p, x, y) -> p.get(x, y));
        assertReads("32-bit", image("32-bit", 1), (p, x, y) -> p.getf(x, y));
        assertReads("RGB", image("RGB", 1), (p, x, y) -> luminance(p.get(x, y)));
        ImagePlus signed = image("16-bit", 2);
        signed.getCalibration().setSigned16BitCalibration();
        assertReads("signed", signed, (p, x, y) -> p.get(x, y) - 32768);
    }

    private static double luminance(int colour) {
        return 0.299 * (colour >> 16 & 255) + 0.587 * (colour >> 8 & 255) + 0.114 * (colour & 255);
    }

    @Test
    public void tablesAndOverlays() throws Exception {
        ImagePlus fire = image("8-bit", 1);
        fire.setLut(new LUT(LutLoader.getLut("fire"), 0, 255));
        assertReads("Fire", fire, (p, x, y) -> luminance(p.getColorModel().getRGB((byte) p.get(x, y))));
        ImagePlus inverted = image("8-bit", 1);
        inverted.getProcessor().invertLut();
        assertReads("inverted", inverted, (p, x, y) -> 255 - p.get(x, y));
        ImagePlus overlay = image("16-bit", 1);
        overlay.setOverlay(new Overlay(new OvalRoi(3, 4, 9, 9)));
        assertReads("overlay", overlay, (p, x, y) -> p.get(x, y));
    }

    @Test
    public void stacksAndHyperstacks() throws Exception {
        for (String type : new String[] {"8-bit", "16-bit", "32-bit"}) {
            assertReads(type + " stack", image(type, 5), (p, x, y) -> p.getf(x, y));
            ImagePlus hyperstack = image(type, 12);
            hyperstack.setDimensions(2, 3, 2);
            hyperstack.setOpenAsHyperStack(true);
            assertReads(type + " hyperstack", hyperstack, (p, x, y) -> p.getf(x, y));
            CompositeImage composite = new CompositeImage(hyperstack, IJ.COMPOSITE); // a table of colours per channel
            composite.setCalibration(hyperstack.getCalibration());
            assertReads(type + " composite", composite, (p, x, y) -> p.getf(x, y));
        }
        assertReads("colour stack", image("RGB", 3), (p, x, y) -> luminance(p.get(x, y)));
        ImagePlus colours = image("RGB", 6);
        colours.setDimensions(1, 3, 2);
        colours.setOpenAsHyperStack(true);
        assertReads("colour hyperstack", colours, (p, x, y) -> luminance(p.get(x, y)));
        ImagePlus signed = image("16-bit", 4);
        signed.setDimensions(1, 2, 2);
        signed.setOpenAsHyperStack(true);
        signed.getCalibration().setSigned16BitCalibration();
        assertReads("signed hyperstack", signed, (p, x, y) -> p.get(x, y) - 32768);
        ImagePlus overlay = image("32-bit", 3);
        overlay.setOverlay(new Overlay(new OvalRoi(3, 4, 9, 9)));
        assertReads("stack with overlay", overlay, (p, x, y) -> p.getf(x, y));
    }

    /** The other files that ImageJ writes and we read; they keep no pixel size. */
    @Test
    public void pngAndJpeg() throws Exception {
        Path folder = Session.folder();
        for (String type : new String[] {"8-bit", "16-bit", "RGB"}) {
            ImagePlus image = image(type, 1);
            String path = folder.resolve(type + ".png").toString();
            assertTrue(new FileSaver(image).saveAsPng(path));
            float[] pixels = new float[WIDTH * HEIGHT];
            try (Micrograph read = Micrograph.open(path, null)) {
                assertEquals("png", read.info().reader());
                read.read(0, 0, pixels, 0);
            }
            for (int i = 0; i < pixels.length; i++) {
                int value = image.getProcessor().get(i);
                assertEquals(type + " pixel " + i, type.equals("RGB") ? (float) luminance(value) : value, pixels[i], 0);
            }
        }
        String path = folder.resolve("grey.jpg").toString();
        ImagePlus grey = image("8-bit", 1);
        assertTrue(new FileSaver(grey).saveAsJpeg(path));
        ImagePlus again = IJ.openImage(path);
        float[] pixels = new float[WIDTH * HEIGHT];
        try (Micrograph read = Micrograph.open(path, null)) {
            assertEquals("jpeg", read.info().reader());
            read.read(0, 0, pixels, 0);
        }
        for (int i = 0; i < pixels.length; i++) assertEquals("pixel " + i, again.getProcessor().get(i) & 255, pixels[i], 2);
    }

    /** Of each kind of network, and compressed. */
    @Test
    public void everyKindOfResultThatWeWrite() throws Exception {
        ImagePlus hyperstack = image("16-bit", 6);
        hyperstack.setDimensions(1, 3, 2);
        hyperstack.setOpenAsHyperStack(true);
        hyperstack.getCalibration().pixelDepth = 0.4;
        hyperstack.getCalibration().frameInterval = 0.25;
        String[][] kinds = {{"Softmax", "classes", "1"}, {"Sigmoid", "mask", "3"}, {"Identity", "output", "3"}};
        for (String[] kind : kinds) {
            Path network = Session.folder().resolve("tiny.onnx");
            TinyNetwork.write(network, kind[0]);
            ImagePlus plain = Session.commandLine(network, hyperstack, kind[1]);
            assertEquals(kind[1], Integer.parseInt(kind[2]), plain.getNChannels());
            assertEquals(kind[1], 3, plain.getNSlices());
            assertEquals(kind[1], 2, plain.getNFrames());
            assertTrue(kind[1], plain.isHyperStack());
            assertEquals(kind[1], 0.25, plain.getCalibration().frameInterval, 1e-8);
            assertEquals(kind[1], 0.07, plain.getCalibration().pixelHeight, 1e-8);
            assertEquals(kind[1], 0.4, plain.getCalibration().pixelDepth, 1e-8);
            assertEquals(kind[1], "nm", plain.getCalibration().getUnit());
            Session.assertSamePixels(kind[1], plain, Session.commandLine(network, hyperstack, kind[1], "--compress"));
        }
    }

    /** Values, calibration, labels and the range to show. */
    @Test
    public void whatWeWriteImageJReads() throws Exception {
        ImagePlus input = Session.micrograph();
        input.getStack().setSliceLabel("first", 1);
        ImageStack stack = input.getStack();
        ImageProcessor second = input.getProcessor().duplicate();
        second.flipVertical();
        stack.addSlice("zweite \u00c5", second);
        ImagePlus two = new ImagePlus("two", stack);
        two.setCalibration(input.getCalibration());
        ImagePlus mask = Session.commandLine(two, "mask"), probability = Session.commandLine(two, "probability");
        Path file = Session.folder().resolve("two.tif");
        Session.save(two, file);
        try (Model model = Model.load(Session.ROOT.resolve("models/hrtem-particles").toString(), null);
                Micrograph micrograph = Micrograph.open(file.toString(), null)) {
            for (int s = 0; s < 2; s++) {
                try (Segmentation made = Segmentation.of(model, micrograph, s, new SegmentOptions(), null)) {
                    assertArrayEquals(made.labels(0), (byte[]) mask.getStack().getPixels(s + 1));
                    int channels = made.channelCount();
                    for (int c = 0; c < channels; c++)
                        assertArrayEquals(made.probability(c), (float[]) probability.getStack().getPixels(s * channels + c + 1), 0);
                }
            }
        }
        for (ImagePlus made : new ImagePlus[] {mask, probability}) {
            assertEquals("nm", made.getCalibration().getUnit());
            assertEquals(two.getCalibration().pixelWidth, made.getCalibration().pixelWidth, 1e-9);
        }
        assertEquals("zweite \u00c5", mask.getStack().getSliceLabel(2));
        assertEquals(2, probability.getNChannels());
        assertEquals(2, probability.getNSlices());
    }

    /** The headless example in a JVM without windows, against the command line. */
    @Test
    public void headlessMacroAsTheCommandLine() throws Exception {
        Path folder = Session.folder();
        ImagePlus input = Session.micrograph();
        Path file = folder.resolve("input.tif");
        Session.save(input, file);
        File log = folder.resolve("log").toFile();
        List<String> words = new ArrayList<>(Arrays.asList(System.getProperty("java.home") + "/bin/java",
                "-Djava.awt.headless=true", "-Dplugins.dir=" + System.getProperty("fringe.application"), "-cp",
                new File(ImagePlus.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath(), "ij.ImageJ",
                "-batch", Session.ROOT.resolve("examples/imagej/headless.ijm").toString(), file + ";" + folder));
        assertEquals(0, new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log).start().waitFor());
        for (String what : new String[] {"mask", "probability"}) {
            ImagePlus made = IJ.openImage(folder.resolve("input-" + what + ".tif").toString());
            assertNotNull(new String(Files.readAllBytes(log.toPath()), "UTF-8"), made);
            Session.assertSamePixels(what, Session.commandLine(input, what), made);
            assertTrue(what.equals("probability") || made.getOverlay().size() > 0);
        }
    }

    /** Every command's entry for macros, where run() cannot be. */
    @Test
    public void callsWithoutWindows() throws Exception {
        Path source = Session.folder().resolve("headless package");
        Files.createDirectory(source);
        try (java.util.stream.Stream<Path> files = Files.list(Session.ROOT.resolve("models/hrtem-particles"))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.copy(file, source.resolve(file.getFileName()));
        }
        assertTrue(java.awt.GraphicsEnvironment.isHeadless());
        String installed = InstallModelCommand.call(source.resolve("rdf.yaml").toString());
        assertTrue(installed, installed.endsWith("headless package"));
        assertTrue(ModelInfoCommand.call("headless package").contains("\nparameters\t279258\n"));
        assertTrue(HelpCommand.call().contains("roi_manager"));
        Path input = source.resolveSibling("input.tif");
        Session.save(Session.micrograph(), input);
        String made = SegmentCommand.call(input.toString(), source.getParent().toString(), "model=[headless package] mask");
        assertEquals(source.resolveSibling("input-mask.tif") + "\n", made);
        FringeArgumentException refused = assertThrows(FringeArgumentException.class,
                () -> SegmentCommand.call(input.toString(), source.getParent().toString(), "model=hrtem-particles roi_manager"));
        assertTrue(refused.getMessage(), refused.getMessage().startsWith("roi_manager: "));
        assertThrows(FringeFileException.class, () -> SegmentCommand.call("absent.tif", "", "model=hrtem-particles"));
    }
}
