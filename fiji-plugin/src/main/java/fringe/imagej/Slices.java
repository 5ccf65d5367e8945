package fringe.imagej;

import fringe.FringeArgumentException;
import fringe.Micrograph;
import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import java.awt.image.IndexColorModel;

/**
 * The slices of an ImagePlus as one micrograph after the other, C channels each, cropped to the ROI's bounds. Only reads:
 * a virtual stack gives one slice at a time, and the image's own processor and undo buffer are never touched. Pixels
 * are those that a file saved by ImageJ gives the command line.
 */
final class Slices implements AutoCloseable {
    final Rectangle bounds;
    private final ImagePlus image;
    private final boolean byIndex;
    private Micrograph micrograph;

    /** A micrograph, whose colours count. */
    Slices(ImagePlus image) {
        this(image, boundsOf(image), false);
    }

    /** Within the bounds of another image's selection; `byIndex`: labels, whose numbers count and not their colours. */
    Slices(ImagePlus image, Rectangle bounds, boolean byIndex) {
        this.image = image;
        this.bounds = bounds;
        this.byIndex = byIndex;
        if (bounds.isEmpty()) throw new FringeArgumentException("the selection lies outside the image");
    }

    /** Where an image is worked on: the bounds of its area selection as far as they lie in it, or all of it. */
    static Rectangle boundsOf(ImagePlus image) {
        boolean area = image.getRoi() != null && image.getRoi().isArea();
        Rectangle whole = new Rectangle(image.getWidth(), image.getHeight());
        return area ? image.getRoi().getBounds().intersection(whole) : whole;
    }

    /** The micrograph of all channels at depth z and time t, both from 1. The next call changes it. */
    Micrograph at(int z, int t) {
        int channels = image.getNChannels();
        int width = bounds.width, height = bounds.height, plane = width * height;
        Object pixels = null;
        for (int c = 1; c <= channels; c++) {
            Object one = pixelsOf(image.getStackIndex(c, z, t));
            if (channels == 1) {
                pixels = one;
            } else {
                if (pixels == null) pixels = java.lang.reflect.Array.newInstance(one.getClass().getComponentType(), plane * channels);
                System.arraycopy(one, 0, pixels, (c - 1) * plane, plane);
            }
        }
        put(pixels, channels, height, width);
        return micrograph;
    }

    private void put(Object pixels, int channels, int height, int width) {
        boolean first = micrograph == null;
        if (pixels instanceof byte[]) {
            if (first) micrograph = Micrograph.of((byte[]) pixels, 0, channels, height, width);
            else micrograph.next((byte[]) pixels, 0, channels, height, width);
        } else if (pixels instanceof short[]) {
            boolean signed = image.getCalibration().isSigned16Bit();
            if (first) micrograph = Micrograph.of((short[]) pixels, signed, 0, channels, height, width);
            else micrograph.next((short[]) pixels, signed, 0, channels, height, width);
        } else if (pixels instanceof float[]) {
            if (first) micrograph = Micrograph.of((float[]) pixels, 0, channels, height, width);
            else micrograph.next((float[]) pixels, 0, channels, height, width);
        } else {
            if (first) micrograph = Micrograph.ofColours((int[]) pixels, 0, height, width);
            else micrograph.nextColours((int[]) pixels, 0, height, width);
        }
        if (first) calibrate();
    }

    private void calibrate() {
        Calibration calibration = image.getCalibration();
        double x = Micrograph.pixelSize(calibration.pixelWidth, calibration.getXUnit());
        double y = Micrograph.pixelSize(calibration.pixelHeight, calibration.getYUnit());
        if (x > 0 && y > 0) micrograph.setPixelSize(x, y);
    }

    /** A copy of the pixels within the bounds, as a processor without ROI or threshold. */
    private Object pixelsOf(int index) {
        ImageStack stack = image.getStack();
        Object all = stack.getPixels(index);
        ImageProcessor whole = wrap(all, stack.getWidth(), stack.getHeight());
        whole.setRoi(bounds);
        Object pixels = whole.crop().getPixels();
        if (pixels instanceof byte[]) return shown((byte[]) pixels);
        if (pixels instanceof short[]) return trueValues((short[]) pixels);
        return pixels;
    }

    private static ImageProcessor wrap(Object pixels, int width, int height) {
        if (pixels instanceof byte[]) return new ByteProcessor(width, height, (byte[]) pixels);
        if (pixels instanceof short[]) return new ShortProcessor(width, height, (short[]) pixels, null);
        if (pixels instanceof float[]) return new FloatProcessor(width, height, (float[]) pixels);
        return new ColorProcessor(width, height, (int[]) pixels);
    }

    /** An 8-bit image with a coloured table is read as luminance, one with an inverting table as its inverse. */
    private Object shown(byte[] pixels) {
        if (image.isComposite() || byIndex) return pixels;
        ImageProcessor processor = image.getProcessor();
        if (processor.isInvertedLut()) {
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (255 - (pixels[i] & 255));
        } else if (processor.isColorLut() && processor.getColorModel() instanceof IndexColorModel) {
            IndexColorModel table = (IndexColorModel) processor.getColorModel();
            int[] colours = new int[pixels.length];
            for (int i = 0; i < pixels.length; i++) colours[i] = table.getRGB(pixels[i] & 255) & 0xffffff;
            return colours;
        }
        return pixels;
    }

    /** Signed pixels lie 32768 higher in ImageJ's memory. */
    private Object trueValues(short[] pixels) {
        if (image.getCalibration().isSigned16Bit())
            for (int i = 0; i < pixels.length; i++) pixels[i] ^= (short) 0x8000;
        else if (!image.isComposite() && !byIndex && image.getProcessor().isInvertedLut())
            for (int i = 0; i < pixels.length; i++) pixels[i] = (short) (65535 - (pixels[i] & 0xffff));
        return pixels;
    }

    @Override
    public void close() {
        if (micrograph != null) micrograph.close();
    }
}
