package fringe.imagej;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.macro.Interpreter;
import ij.process.ByteProcessor;
import java.io.File;
import java.nio.file.Path;
import org.junit.Test;

/** A virtual stack whose results are larger than Java's memory, which the job sets to 64 MiB. */
public class MemoryTest {
    private static final int SIDE = 1024;
    private static final int SLICES = 9;
    private static final int CHANNELS = 3;

    /** Random noise, so that every plane differs. */
    private static void write(Path file) {
        ImageStack stack = new ImageStack(SIDE, SIDE);
        java.util.Random random = new java.util.Random(3);
        for (int i = 0; i < SLICES; i++) {
            byte[] pixels = new byte[SIDE * SIDE];
            random.nextBytes(pixels);
            stack.addSlice("slice " + (i + 1), new ByteProcessor(SIDE, SIDE, pixels));
        }
        Session.save(new ImagePlus("noise", stack), file);
    }

    @Test
    public void largerResultsAreOnTheDisk() throws Exception {
        Path folder = Session.folder(), file = folder.resolve("noise.tif"), network = folder.resolve("tiny.onnx");
        TinyNetwork.write(network, "Softmax");
        write(file);
        long result = 4L * SIDE * SIDE * SLICES * CHANNELS;
        assertTrue(Runtime.getRuntime().maxMemory() + " bytes of memory", Runtime.getRuntime().maxMemory() < result);
        ProcessBuilder line = new ProcessBuilder(System.getProperty("fringe.program"), "segment", "--probability", "--model",
                network.toString(), "-o", folder.resolve("out").toString(), file.toString());
        assertEquals(0, line.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start().waitFor());

        Interpreter.batchMode = true; // images without windows
        ImagePlus input = IJ.openVirtual(file.toString());
        WindowManager.setTempCurrentImage(input);
        String titles = SegmentCommand.call("model=[" + network + "] probability mask stack");
        assertEquals("noise-classes\nnoise-probability\n", titles);
        ImagePlus made = WindowManager.getImage("noise-probability"), classes = WindowManager.getImage("noise-classes");
        assertTrue(made.getStack().isVirtual());
        assertFalse("9 MiB fit", classes.getStack().isVirtual());
        assertEquals(CHANNELS, made.getNChannels());
        assertEquals(SLICES, made.getNSlices());
        assertEquals("slice 2", made.getStack().getSliceLabel(CHANNELS + 1));
        assertSame(folder.resolve("out/noise-probability.tif").toString(), made);
        String saved = folder.resolve("saved.tif").toString();
        IJ.saveAsTiff(made, saved);
        assertSame(saved, made);
    }

    /** Plane by plane, for no two of the stacks fit into memory. */
    private static void assertSame(String path, ImagePlus made) {
        assertTrue(path, new File(path).length() > 4L * SIDE * SIDE * SLICES * CHANNELS);
        ImageStack expected = IJ.openVirtual(path).getStack();
        assertEquals(SLICES * CHANNELS, expected.size());
        for (int i = 1; i <= expected.size(); i++)
            assertArrayEquals(path + ", plane " + i, (float[]) expected.getProcessor(i).getPixels(), (float[]) made.getStack().getPixels(i), 0);
    }
}
